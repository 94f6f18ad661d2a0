import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '../../platform/config.ts'
import { isId } from '../../platform/ids.ts'

type ReadConfig = () => Config

const about = `
A running server keeps the embedded database to itself: stop it, or use its API. A served one may stay in use.
Every decision is written to the audit log, with the name of whoever ran the command.

Exit code: 0 done, 1 refused or failed, 2 asked in a way that makes no sense.
`

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
    return value
  }

const id = (text: string): string => {
  if (!isId(text)) throw new InvalidArgumentError('Give an id, as the list shows them.')
  return text
}

export function addOrganizationCommands(program: Command, readConfig: ReadConfig): void {
  const org = program
    .command('org')
    .description('organizations: list, show, create, delete, restore')
    .addHelpText(
      'after',
      `${about}
Examples:
  freehold org list
  freehold org create "Acme" --owner ada@example.com
  freehold org delete acme-1a2b3c4d
  freehold org restore acme-1a2b3c4d
  freehold org list --json | jq -r '.data[].slug'`,
    )
  const load = () => import('./run-organization.ts')
  org
    .command('list')
    .description('every organization, deleted ones among them')
    .option('--limit <n>', 'how many', whole(1, 1000), 100)
    .option('--after <id>', 'those that come after this one', id)
    .option('--json', 'as JSON')
    .action(async (options) => (await load()).organizationList(readConfig(), options))
  org
    .command('show <organization>')
    .description('one, by id or slug')
    .option('--json', 'as JSON')
    .action(async (name: string, options) => (await load()).organizationShow(readConfig(), name, options))
  org
    .command('create <name>')
    .description('make one for somebody who has an account')
    .requiredOption('--owner <user>', 'its first owner, by address or id')
    .option('--json', 'as JSON')
    .action(async (name: string, options) => (await load()).organizationCreate(readConfig(), name, options))
  org
    .command('delete <organization>')
    .description('delete one so that it can be restored; nobody acts in it meanwhile')
    .option('--json', 'as JSON')
    .action(async (name: string, options) =>
      (await load()).organizationSetDeleted(readConfig(), name, true, options),
    )
  org
    .command('restore <organization>')
    .description('take a deletion back')
    .option('--json', 'as JSON')
    .action(async (name: string, options) =>
      (await load()).organizationSetDeleted(readConfig(), name, false, options),
    )
}

export function addUserCommands(program: Command, readConfig: ReadConfig): void {
  const user = program
    .command('user')
    .description('people: list, show, create, set-password, grant-admin, revoke-admin, sign-out')
    .addHelpText(
      'after',
      `${about}
Passwords are read from standard input, or made and shown once.

Examples:
  freehold user create ada@example.com --name Ada --organization "Ada's"
  printf '%s\\n' "$PASSWORD" | freehold user set-password ada@example.com --password-stdin
  freehold user grant-admin ada@example.com
  freehold user sign-out ada@example.com
  freehold user list --search example.com --json`,
    )
  const load = () => import('./run-user.ts')
  user
    .command('list')
    .description('everybody who has an account')
    .option('--search <text>', 'those whose address or name contains it')
    .option('--limit <n>', 'how many', whole(1, 1000), 100)
    .option('--after <id>', 'those that come after this one', id)
    .option('--json', 'as JSON')
    .action(async (options) => (await load()).userList(readConfig(), options))
  user
    .command('show <user>')
    .description('one person and their organizations, by address or id')
    .option('--json', 'as JSON')
    .action(async (who: string, options) => (await load()).userShow(readConfig(), who, options))
  user
    .command('create <email>')
    .description('make an account, with a password that is shown once')
    .option('--name <name>', "the person's name; else the first part of the address")
    .option('--password-stdin', 'read the password from standard input instead')
    .option('--admin', 'as a super-admin, who operates the whole installation')
    .option('--organization <name>', 'also make an organization that they own')
    .option('--json', 'as JSON')
    .action(async (email: string, options) => (await load()).userCreate(readConfig(), email, options))
  user
    .command('set-password <user>')
    .description('set a new password, shown once, and end every session')
    .option('--password-stdin', 'read the password from standard input instead')
    .option('--json', 'as JSON')
    .action(async (who: string, options) => (await load()).userSetPassword(readConfig(), who, options))
  user
    .command('grant-admin <user>')
    .description('make somebody a super-admin')
    .option('--json', 'as JSON')
    .action(async (who: string, options) => (await load()).userSetAdmin(readConfig(), who, true, options))
  user
    .command('revoke-admin <user>')
    .description('make a super-admin an ordinary person')
    .option('--json', 'as JSON')
    .action(async (who: string, options) => (await load()).userSetAdmin(readConfig(), who, false, options))
  user
    .command('sign-out <user>')
    .description('end every session of a person')
    .option('--json', 'as JSON')
    .action(async (who: string, options) => (await load()).userSignOut(readConfig(), who, options))
}

export function addKeyCommands(program: Command, readConfig: ReadConfig): void {
  const key = program
    .command('key')
    .description('API keys of an organization: list, create, revoke')
    .addHelpText(
      'after',
      `${about}
Examples:
  freehold key create --organization acme-1a2b3c4d --name deploy --role member
  freehold key create --organization acme-1a2b3c4d --name search --scopes read:documents --expires-in-days 90
  freehold key list --organization acme-1a2b3c4d
  freehold key revoke 0190… --organization acme-1a2b3c4d`,
    )
  const load = () => import('./run-key.ts')
  const ofOrganization = ['--organization <organization>', 'by id or slug'] as const
  key
    .command('list')
    .description('the keys of an organization, newest first, without the keys themselves')
    .requiredOption(...ofOrganization)
    .option('--limit <n>', 'how many', whole(1, 1000), 100)
    .option('--before <id>', 'those that are older than this one', id)
    .option('--json', 'as JSON')
    .action(async (options) => (await load()).keyList(readConfig(), options))
  key
    .command('create')
    .description('make a key that belongs to the organization; it is shown once')
    .requiredOption(...ofOrganization)
    .requiredOption('--name <name>', 'what it is for')
    .option('--role <role>', 'it may do what this role may, as far as a machine can', 'member')
    .option('--scopes <list>', 'instead: the permissions it holds, separated by commas')
    .option('--expires-in-days <n>', 'ends by itself', whole(1, 3650))
    .option('--json', 'as JSON')
    .action(async (options) => (await load()).keyCreate(readConfig(), options))
  key
    .command('revoke')
    .argument('<id>', 'of the key', id)
    .description('revoke a key for good')
    .requiredOption(...ofOrganization)
    .option('--json', 'as JSON')
    .action(async (keyId: string, options) => (await load()).keyRevoke(readConfig(), keyId, options))
}
