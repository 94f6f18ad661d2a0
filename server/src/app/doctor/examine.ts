import { systemClock } from '../../platform/clock.ts'
import { type Config, dataDirectory } from '../../platform/config.ts'
import type { Database } from '../../platform/db/database.ts'
import { newId } from '../../platform/ids.ts'
import { createSmtpMailer } from '../../platform/mail/index.ts'
import { createLogger } from '../../platform/telemetry/index.ts'
import { requireDatabase } from '../commands/open-for-command.ts'
import { openCachePorts } from '../open-cache-ports.ts'
import { connect, lockDatabase, pendingOf } from '../open-database.ts'
import { openStorage } from '../open-storage.ts'

/** One thing that was looked at. */
export interface Examination {
  what: string
  verdict: 'ok' | 'warning' | 'failed'
  found: string
  /** What to do, where something is to be done. */
  advice?: string
}

const silent = createLogger({ level: 'silent', format: 'line' })

/** Looks at everything an installation stands on. Each part is looked at even when another has failed. */
export async function examine(config: Config): Promise<Examination[]> {
  return [
    configuration(config),
    ...(await database(config)),
    await cache(config),
    await storage(config),
    await mail(config),
  ]
}

function configuration(config: Config): Examination {
  const open = !['127.0.0.1', '::1', 'localhost'].includes(config.HOST)
  if (open && config.FREEHOLD_URL === undefined) {
    return {
      what: 'configuration',
      verdict: 'warning',
      found: `listens on ${config.HOST} and does not know its address`,
      advice:
        'Set FREEHOLD_URL to the address people reach it at: links in letters and cookies depend on it.',
    }
  }
  return { what: 'configuration', verdict: 'ok', found: 'every setting is valid' }
}

async function database(config: Config): Promise<Examination[]> {
  const what = config.DATABASE_URL ? 'database (served)' : 'database (embedded)'
  let opened: Awaited<ReturnType<typeof connect>>
  try {
    requireDatabase(config)
    opened = await connect(config, silent, await lockDatabase(config))
  } catch (error) {
    const found = reasonOf(error)
    const inUse = found.includes('is in use by process')
    return [
      inUse
        ? {
            what,
            verdict: 'warning',
            found: 'a server is running on it, so it could not be opened here',
            advice: `Ask that server: its /health/ready answers. Or stop it and look again. (${found})`,
          }
        : {
            what,
            verdict: 'failed',
            found,
            advice: 'Set FREEHOLD_DATA_DIR or DATABASE_URL, or run "freehold start".',
          },
    ]
  }
  try {
    return [
      await reachable(what, opened.database),
      await migrations(opened.database),
      await roles(opened.database),
    ]
  } catch (error) {
    const advice =
      'Look whether PostgreSQL runs and DATABASE_URL names the right host, database and password.'
    return [{ what, verdict: 'failed', found: reasonOf(error), advice }]
  } finally {
    await opened.close()
  }
}

async function reachable(what: string, on: Database): Promise<Examination> {
  const began = performance.now()
  const [row] = await on.query(`select split_part(version(), ' on ', 1) as version`)
  return {
    what,
    verdict: 'ok',
    found: `${row?.version}, answers in ${Math.round(performance.now() - began)} ms`,
  }
}

async function migrations(on: Database): Promise<Examination> {
  const pending = await pendingOf(on)
  return pending.length === 0
    ? { what: 'migrations', verdict: 'ok', found: 'the schema is current' }
    : {
        what: 'migrations',
        verdict: 'failed',
        found: `not applied: ${pending.join(', ')}`,
        advice: 'Run "freehold migrate" as the owner of the database.',
      }
}

async function roles(on: Database): Promise<Examination> {
  const [row] = await on.query(
    `select current_user::text as name, rolsuper or rolbypassrls as beyond from pg_roles where rolname = current_user`,
  )
  return row?.name === 'freehold_app' && row.beyond === false
    ? { what: 'database role', verdict: 'ok', found: 'statements run as freehold_app, which policies bind' }
    : {
        what: 'database role',
        verdict: 'failed',
        found: `statements run as ${row?.name}`,
        advice:
          'Let DATABASE_URL name the owner or freehold_app; a pooler that drops startup options needs freehold_app.',
      }
}

async function cache(config: Config): Promise<Examination> {
  if (config.REDIS_URL === undefined)
    return { what: 'cache', verdict: 'ok', found: 'in memory, which is right for one node' }
  const advice =
    'Look whether Valkey or Redis runs at REDIS_URL. The server goes on without it, each node by itself.'
  try {
    const ports = await openCachePorts(config, systemClock, silent)
    try {
      await ports.checkStore?.()
      const key = `doctor:${newId()}`
      await ports.cache.set(key, 'here', 10_000)
      const back = await ports.cache.get(key)
      await ports.cache.delete(key)
      if (back === 'here') return { what: 'cache', verdict: 'ok', found: 'what is written is read back' }
      return { what: 'cache', verdict: 'failed', found: 'what is written is not read back', advice }
    } finally {
      await ports.closeCachePorts()
    }
  } catch (error) {
    return { what: 'cache', verdict: 'failed', found: reasonOf(error), advice }
  }
}

async function storage(config: Config): Promise<Examination> {
  const what = config.S3_ENDPOINT ? 'files (S3)' : 'files (disk)'
  const advice = config.S3_ENDPOINT
    ? 'Look at S3_ENDPOINT, S3_BUCKET and what its key may do: put, get, list and delete objects.'
    : `Look whether this user may write in ${dataDirectory(config)}, and whether the disk has room.`
  try {
    const files = await openStorage(config)
    try {
      const key = `doctor/${newId()}`
      await files.put(key, new TextEncoder().encode('here'))
      const file = await files.get(key)
      const back = file && (await new Response(file.stream).text())
      await files.delete(key)
      if (back === 'here') return { what, verdict: 'ok', found: 'a file was written, read and deleted' }
      return { what, verdict: 'failed', found: 'a file that was written is not read back', advice }
    } finally {
      await files.close()
    }
  } catch (error) {
    return { what, verdict: 'failed', found: reasonOf(error), advice }
  }
}

async function mail(config: Config): Promise<Examination> {
  const from = config.MAIL_FROM
  if (!config.SMTP_URL && !config.RESEND_API_KEY) {
    return {
      what: 'mail',
      verdict: 'warning',
      found: 'goes to the outbox page and to nobody',
      advice: 'Set SMTP_URL or RESEND_API_KEY, and MAIL_FROM, to send letters.',
    }
  }
  if (from.includes('@localhost'))
    return {
      what: 'mail',
      verdict: 'warning',
      found: `is sent from ${from}`,
      advice: 'Set MAIL_FROM to an address of yours.',
    }
  if (!config.SMTP_URL) return { what: 'mail', verdict: 'ok', found: `by Resend, from ${from}; not tried` }
  const mailer = createSmtpMailer(config.SMTP_URL, from)
  try {
    await mailer.check()
    return { what: 'mail', verdict: 'ok', found: `the mail server lets us in; from ${from}` }
  } catch (error) {
    const advice = 'Look at host, port, user and password of SMTP_URL, and whether this machine may reach it.'
    return { what: 'mail', verdict: 'failed', found: reasonOf(error), advice }
  } finally {
    mailer.close()
  }
}

/** The sentence of an error, through the wrapping of drivers; a refused connection has none of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0])
  if (!(error instanceof Error)) return String(error)
  if (error.message.startsWith('Failed query') && error.cause) return reasonOf(error.cause)
  return error.message || String((error as NodeJS.ErrnoException).code) // errors of sockets have a code
}
