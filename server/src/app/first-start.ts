import { insertApiKey } from '../modules/api-keys/index.ts'
import {
  findUserByEmail,
  type Identity,
  updateEmailVerified,
  updateUserSuperAdmin,
} from '../modules/identity/index.ts'
import { systemCaller } from '../platform/context.ts'
import { apiKeyPrefix, hashToken } from '../platform/crypto/index.ts'
import { systemTx } from '../platform/db/transactions.ts'
import { newId } from '../platform/ids.ts'
import type { Platform } from '../platform/platform.ts'

/**
 * Makes the person, organization and API key of the FREEHOLD_INIT_* settings, with exactly those values. Idempotent:
 * what is there already is left alone, so the settings may stay in place for every start.
 */
export async function firstStart(platform: Platform, identity: Identity): Promise<void> {
  const { config, logger } = platform
  const email = config.FREEHOLD_INIT_EMAIL?.toLowerCase()
  const password = config.FREEHOLD_INIT_PASSWORD
  if (email === undefined || password === undefined) return
  const userId = await ensurePerson(platform, identity, email, password)
  await systemTx(platform, 'first-start', async (tx) => {
    await updateUserSuperAdmin(tx, userId, true)
    // Whoever sets the server up says whose address it is.
    await updateEmailVerified(tx, userId, platform.clock.now())
  })
  const name = config.FREEHOLD_INIT_ORGANIZATION ?? 'My organization'
  const organizationId = await ensureOrganization(identity, userId, name)
  if (config.FREEHOLD_INIT_API_KEY)
    await ensureApiKey(platform, organizationId, userId, config.FREEHOLD_INIT_API_KEY)
  logger.info({ email, organization: name, organizationId }, 'the first person and organization are there')
}

async function ensurePerson(
  platform: Platform,
  identity: Identity,
  email: string,
  password: string,
): Promise<string> {
  const find = () => systemTx(platform, 'first-start', (tx) => findUserByEmail(tx, email))
  const known = await find()
  if (known) return known.id
  const engine = await identity.engine()
  try {
    const made = await engine.signUp({ email, password, name: email.split('@')[0] ?? email }, new Headers())
    return made.userId
  } catch (error) {
    // Two nodes may start at once: the other one was quicker.
    const theirs = await find()
    if (theirs) return theirs.id
    throw error
  }
}

async function ensureOrganization(identity: Identity, userId: string, name: string): Promise<string> {
  const known = (await identity.directory.listOf(userId)).find((membership) => membership.name === name)
  if (known) return known.id
  const caller = { ...systemCaller('', newId(), userId), organizationId: null, userId }
  return (await identity.directory.create(caller, name)).id
}

async function ensureApiKey(
  platform: Platform,
  organizationId: string,
  userId: string,
  key: string,
): Promise<void> {
  await systemTx(platform, 'first-start', (tx) =>
    insertApiKey(tx, {
      organizationId,
      id: newId(),
      name: 'First API key',
      prefix: apiKeyPrefix(key),
      keyHash: hashToken(key),
      createdBy: userId,
      createdAt: platform.clock.now(),
    }),
  )
}
