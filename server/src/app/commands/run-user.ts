import {
  type Account,
  createAccount,
  endSessions,
  getAccount,
  type Identity,
  listAccounts,
  setAccountPassword,
  setSuperAdmin,
} from '../../modules/identity/index.ts'
import type { Config } from '../../platform/config.ts'
import { randomToken } from '../../platform/crypto/index.ts'
import { wireIdentity } from '../wire-identity.ts'
import { withPlatform } from './open-for-command.ts'
import { operator } from './operator.ts'
import { printList, printOne, readSecret } from './output.ts'

interface Output {
  json?: boolean
}

function withIdentity<T>(config: Config, work: (identity: Identity) => Promise<T>): Promise<T> {
  return withPlatform(config, (platform) => work(wireIdentity(platform)))
}

export async function userList(
  config: Config,
  options: Output & { limit: number; after?: string; search?: string },
): Promise<void> {
  const { limit, after: afterId, search } = options
  const rows = await withIdentity(config, (identity) => listAccounts(identity, { limit, afterId, search }))
  printList(rows.map(present), options.json, {
    id: (row) => row.id,
    email: (row) => row.email,
    verified: (row) => row.emailVerified,
    admin: (row) => row.superAdmin,
    name: (row) => row.name,
  })
}

export async function userShow(config: Config, who: string, options: Output): Promise<void> {
  const found = await withIdentity(config, async (identity) => {
    const account = await getAccount(identity, who)
    const organizations = await identity.directory.listOf(account.id)
    return {
      ...present(account),
      organizations: organizations.map(({ id, name, slug, role }) => ({ id, name, slug, role })),
    }
  })
  printOne(found, options.json)
}

export async function userCreate(
  config: Config,
  email: string,
  options: Output & { name?: string; passwordStdin?: boolean; admin?: boolean; organization?: string },
): Promise<void> {
  const { password, generated } = await passwordOf(options)
  const made = await withIdentity(config, async (identity) => {
    const caller = operator(null)
    const name = options.name ?? email.split('@')[0] ?? email
    const account = await createAccount(identity, caller, { email, name, password })
    if (options.admin) await setSuperAdmin(identity, caller, account, true)
    if (options.organization !== undefined)
      await identity.directory.create({ ...caller, userId: account.id }, options.organization.trim())
    return present(await getAccount(identity, account.id))
  })
  printOne({ ...made, ...(generated ? { password } : {}) }, options.json)
}

export async function userSetPassword(
  config: Config,
  who: string,
  options: Output & { passwordStdin?: boolean },
): Promise<void> {
  const { password, generated } = await passwordOf(options)
  const result = await withIdentity(config, async (identity) => {
    const account = await getAccount(identity, who)
    const { sessionsEnded } = await setAccountPassword(identity, operator(null), account, password)
    return { id: account.id, email: account.email, sessionsEnded }
  })
  printOne({ ...result, ...(generated ? { password } : {}) }, options.json)
}

export async function userSetAdmin(
  config: Config,
  who: string,
  superAdmin: boolean,
  options: Output,
): Promise<void> {
  const changed = await withIdentity(config, async (identity) => {
    const account = await getAccount(identity, who)
    await setSuperAdmin(identity, operator(null), account, superAdmin)
    return present(await getAccount(identity, account.id))
  })
  printOne(changed, options.json)
}

export async function userSignOut(config: Config, who: string, options: Output): Promise<void> {
  const result = await withIdentity(config, async (identity) => {
    const account = await getAccount(identity, who)
    return { id: account.id, email: account.email, ...(await endSessions(identity, operator(null), account)) }
  })
  printOne(result, options.json)
}

/** Given on standard input, or made here and shown once: an argument would stand in the list of processes. */
async function passwordOf(options: { passwordStdin?: boolean }) {
  return options.passwordStdin
    ? { password: await readSecret('password'), generated: false }
    : { password: randomToken(18), generated: true }
}

function present({ id, email, name, emailVerified, superAdmin, createdAt }: Account) {
  return { id, email, name, emailVerified, superAdmin, createdAt: createdAt.toISOString() }
}
