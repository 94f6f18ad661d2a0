import { z } from 'zod'
import { parseApiKey, parseMasterKeys } from './crypto/index.ts'
import { AppError } from './errors.ts'
import { modelAliases, modelPrices } from './model-settings.ts'
import { parseJson } from './parse-json.ts'

/**
 * The whole configuration: one schema, parsed once at the entry point and passed down. Nothing else reads the
 * environment. Each setting says what it is for and shows an example, which a refused value is answered with.
 */
export interface Setting {
  schema: z.ZodType
  about: string
  example: string
  secret?: true
}

const text = z.string().min(1)
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' })
const wholeNumber = (from: number, to: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${from} to ${to}` })
    .int(`must be a whole number from ${from} to ${to}`)
    .min(from, `must be at least ${from}`)
    .max(to, `must be at most ${to}`)
const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .transform((value) => value === 'true')
const apiKey = z
  .string()
  .min(40, 'must have 40 characters or more')
  .max(512, 'must have 512 characters or fewer')
  .startsWith('fh_', 'must start with fh_')
  .refine((value) => parseApiKey(value).valid, 'must be printable ASCII without spaces')
const masterKey = text.superRefine((value, context) => {
  try {
    parseMasterKeys(value)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Its messages say what is wrong and never show the key.
    context.addIssue({ code: 'custom', message: `is not usable: ${error.message}` })
  }
})
/** Browsers send an origin without a path or a slash; anything else here would never match. */
const origins = text.refine(
  (value) => value.split(',').every((origin) => URL.parse(origin.trim())?.origin === origin.trim()),
  'must be origins such as https://app.example.com, separated by commas and without a path or a slash at the end',
)
const nameServers = text.refine(
  (value) =>
    value.split(',').every((server) => /^(\d+(\.\d+){3}|\[[\da-f:]+\])(:\d{1,5})?$/i.test(server.trim())),
  'must be addresses such as 9.9.9.9 or [2620:fe::fe]:53, separated by commas',
)
const serviceUrl = (pattern: RegExp, start: string) =>
  z.string().regex(pattern, `must start with ${start}`).refine(URL.canParse, 'is not a URL')

/** An issuer of access tokens beside this server. Without `jwksUrl` it is read from the issuer's own description. */
const externalIssuer = z.strictObject({
  issuer: z.url({ protocol: /^https?$/ }),
  audience: z.string().min(1),
  jwksUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Whether whoever has no account here gets one with their first token. */
  makesAccounts: z.boolean().default(true),
})
export type ExternalIssuer = z.infer<typeof externalIssuer>

const externalIssuers = text.transform((value, context): ExternalIssuer[] => {
  const list = z.array(externalIssuer).min(1).safeParse(parseJson(value))
  const issuers = list.data?.map((one) => one.issuer) ?? []
  if (list.success && new Set(issuers).size === issuers.length) return list.data
  const message =
    'must be a JSON list of {"issuer", "audience", "jwksUrl"?, "makesAccounts"?}, each issuer once'
  context.addIssue({ code: 'custom', message })
  return z.NEVER
})

export const settings = {
  PORT: {
    schema: wholeNumber(0, 65_535).default(3000),
    about: 'Port to listen on; 0 takes a free one',
    example: '3000',
  },
  HOST: { schema: text.default('127.0.0.1'), about: 'Address to listen on', example: '0.0.0.0' },
  FREEHOLD_URL: {
    schema: url.optional(),
    about: 'Where people reach this server',
    example: 'https://freehold.example.com',
  },
  FREEHOLD_DATA_DIR: {
    schema: text.default('./data'),
    about: 'Folder of the embedded database, files and keys',
    example: '/var/lib/freehold',
  },
  FREEHOLD_MASTER_KEY: {
    schema: masterKey.optional(),
    about:
      'Master key (32 bytes, base64; several as id:key,id:key, the first is current). Made in the data folder when absent',
    example: 'the output of: openssl rand -base64 32',
    secret: true,
  },
  FREEHOLD_ROLE: {
    schema: z.enum(['all', 'api', 'worker'], { error: 'must be all, api or worker' }).default('all'),
    about: 'What this process does: answer requests, run jobs, or both',
    example: 'all',
  },
  FREEHOLD_JOURNAL: {
    schema: z.enum(['file', 'database'], { error: 'must be file or database' }).optional(),
    about:
      'Where a call is written down before it leaves: in a file of the data folder, or in the database where disks are not kept. Without it the file, but the database where both PostgreSQL and S3 are set',
    example: 'database',
  },
  FREEHOLD_LOG_LEVEL: {
    schema: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
        error: 'must be trace, debug, info, warn, error or silent',
      })
      .default('info'),
    about: 'Least level that is logged',
    example: 'info',
  },
  FREEHOLD_MAX_UPLOAD_BYTES: {
    schema: wholeNumber(1_024, 1_073_741_824).default(33_554_432),
    about: 'Largest file that may be uploaded',
    example: '33554432',
  },
  FREEHOLD_MAX_PAGES: {
    schema: wholeNumber(1, 100_000).default(1_500),
    about: 'Most pages a document may have',
    example: '1500',
  },
  FREEHOLD_REQUESTS_PER_MINUTE: {
    schema: wholeNumber(1, 10_000_000).default(6_000),
    about: 'Requests an organization may send in a minute, all its people and keys together',
    example: '6000',
  },
  FREEHOLD_CALLS_PER_MINUTE: {
    schema: wholeNumber(1, 10_000_000).optional(),
    about: 'Calls to models that an organization may make in a minute, where its own limits say no less',
    example: '600',
  },
  FREEHOLD_TOKENS_PER_MINUTE: {
    schema: wholeNumber(1, 2_000_000_000).optional(),
    about: 'Tokens that an organization may take in a minute, where its own limits say no less',
    example: '2000000',
  },
  FREEHOLD_CALLS_AT_ONCE: {
    schema: wholeNumber(1, 100_000).optional(),
    about:
      'Calls to models that an organization may have under way at once, where its own limits say no less',
    example: '100',
  },
  FREEHOLD_ALLOWED_ORIGINS: {
    schema: origins.optional(),
    about: 'Other web origins that may call the API from a browser, separated by commas',
    example: 'https://app.example.com',
  },
  FREEHOLD_TRUST_PROXY: {
    schema: flag.default(false),
    about: "Take the client's address from X-Forwarded-For",
    example: 'true',
  },
  FREEHOLD_DEFAULT_MODEL: {
    schema: text.optional(),
    about: 'Model that answers when a caller names none',
    example: 'openai/gpt-4o-mini',
  },
  FREEHOLD_MODEL_ALIASES: {
    schema: modelAliases.optional(),
    about: 'Names every organization can send as the model, each for several models in order: a JSON list',
    example: '[{"name":"fast","strategy":"fastest","models":["openai/gpt-4o-mini","openai/gpt-4.1-nano"]}]',
  },
  FREEHOLD_MODEL_PRICES: {
    schema: modelPrices.optional(),
    about:
      'Prices and margins that take the place of the catalogue’s, of a model or of all of a provider: a JSON list',
    example: '[{"provider":"openrouter","marginPercent":5}]',
  },
  FREEHOLD_MODEL_LISTS: {
    schema: flag.default(true),
    about: 'Whether prices are read from OpenRouter’s own list; the built-in ones hold without it',
    example: 'false',
  },
  FREEHOLD_MODEL_PROBES: {
    schema: z.enum(['off', 'free', 'all'], { error: 'must be off, free or all' }).default('free'),
    about:
      'Which failing models are asked whether they are back: those that cost nothing, or all, at a token a time',
    example: 'all',
  },
  FREEHOLD_ALLOW_PRIVATE_PROVIDERS: {
    schema: flag.default(false),
    about: 'Whether model servers of organizations may stand on a private network, and speak http',
    example: 'true',
  },
  FREEHOLD_REQUIRE_VERIFIED_EMAIL: {
    schema: flag.default(false),
    about: 'Whether people must confirm their e-mail address before they can sign in; needs a mail server',
    example: 'true',
  },
  FREEHOLD_ALLOW_PRIVATE_ISSUERS: {
    schema: flag.default(false),
    about: 'Whether identity providers of organizations may stand on a private network, and speak http',
    example: 'true',
  },
  FREEHOLD_DNS_SERVERS: {
    schema: nameServers.optional(),
    about: "Name servers that are asked who owns a domain, separated by commas; the system's without it",
    example: '9.9.9.9:53,1.1.1.1',
  },
  FREEHOLD_BREACHED_PASSWORDS_URL: {
    schema: z.union([z.literal('off'), url]).default('https://api.pwnedpasswords.com/range/'),
    about:
      'Where new passwords are looked up among leaked ones, by five characters of their hash; off for nowhere',
    example: 'off',
  },
  FREEHOLD_INIT_EMAIL: {
    schema: z.email({ error: 'must be an e-mail address' }).optional(),
    about: 'First person, made at start',
    example: 'ada@example.com',
  },
  FREEHOLD_INIT_PASSWORD: {
    schema: z.string().min(10, 'must have 10 characters or more').optional(),
    about: "First person's password",
    example: 'at least ten characters',
    secret: true,
  },
  FREEHOLD_INIT_ORGANIZATION: {
    schema: text.max(120).optional(),
    about: 'First organization, made at start',
    example: 'Acme',
  },
  FREEHOLD_INIT_API_KEY: {
    schema: apiKey.optional(),
    about: 'First API key, with exactly this value',
    example: `fh_ and at least 37 characters more`,
    secret: true,
  },
  DATABASE_URL: {
    schema: serviceUrl(/^postgres(ql)?:\/\//, 'postgres://').optional(),
    about: 'PostgreSQL with pgvector; embedded without it',
    example: 'postgres://freehold:password@localhost:5432/freehold',
    secret: true,
  },
  DATABASE_DIRECT_URL: {
    schema: serviceUrl(/^postgres(ql)?:\/\//, 'postgres://').optional(),
    about:
      'The same database without a pooler in between, for migrations and notifications; needed where DATABASE_URL goes through one in transaction mode',
    example: 'postgres://freehold:password@localhost:5432/freehold',
    secret: true,
  },
  DATABASE_POOL_SIZE: {
    schema: wholeNumber(1, 500).default(10),
    about: 'Connections each process may open for transactions, and as many for single statements',
    example: '10',
  },
  REDIS_URL: {
    schema: serviceUrl(/^rediss?:\/\//, 'redis:// or rediss://').optional(),
    about: 'Valkey or Redis for several nodes; in memory without it',
    example: 'redis://localhost:6379',
    secret: true,
  },
  S3_ENDPOINT: {
    schema: url.optional(),
    about: 'S3-compatible storage; files on disk without it',
    example: 'https://s3.eu-central-1.amazonaws.com',
  },
  S3_REGION: { schema: text.default('us-east-1'), about: 'S3 region', example: 'eu-central-1' },
  S3_BUCKET: { schema: text.optional(), about: 'S3 bucket', example: 'freehold' },
  S3_ACCESS_KEY_ID: { schema: text.optional(), about: 'S3 access key', example: 'AKIA…', secret: true },
  S3_SECRET_ACCESS_KEY: {
    schema: text.optional(),
    about: 'S3 secret key',
    example: 'the secret of that key',
    secret: true,
  },
  OPENROUTER_API_KEY: {
    schema: text.optional(),
    about:
      'Answers by any model of OpenRouter. Several keys: separated by commas, each with ;weight=3 and ;rpm=600 behind it where they differ',
    example: 'sk-or-…',
    secret: true,
  },
  OPENROUTER_BASE_URL: {
    schema: url.default('https://openrouter.ai/api/v1'),
    about: 'OpenRouter, or a server that speaks like it',
    example: 'https://openrouter.ai/api/v1',
  },
  OPENAI_API_KEY: {
    schema: text.optional(),
    about: 'Answers by the models of OpenAI or of OPENAI_BASE_URL; several as above',
    example: 'sk-…',
    secret: true,
  },
  OPENAI_BASE_URL: {
    schema: url.optional(),
    about: 'Any OpenAI-compatible server',
    example: 'http://localhost:11434/v1',
  },
  ANTHROPIC_API_KEY: {
    schema: text.optional(),
    about: 'Answers by the models of Anthropic, in its own protocol',
    example: 'sk-ant-…',
    secret: true,
  },
  ANTHROPIC_BASE_URL: {
    schema: url.optional(),
    about: 'Where Anthropic’s protocol is spoken, with Anthropic’s prices',
    example: 'https://api.anthropic.com',
  },
  FREEHOLD_PROVIDER_FIRST_BYTE_MS: {
    schema: wholeNumber(100, 600_000).default(120_000),
    about: 'How long a model provider may take to begin an answer',
    example: '300000',
  },
  FREEHOLD_PROVIDER_IDLE_MS: {
    schema: wholeNumber(100, 600_000).default(60_000),
    about: 'How long a model provider may be silent in the middle of an answer',
    example: '120000',
  },
  FREEHOLD_STALLED_READER_MS: {
    schema: wholeNumber(100, 600_000).default(60_000),
    about: 'How long a reader may take nothing of an answer before its connection is broken',
    example: '30000',
  },
  OLLAMA_BASE_URL: { schema: url.optional(), about: 'A local Ollama', example: 'http://localhost:11434' },
  SMTP_URL: {
    schema: serviceUrl(/^smtps?:\/\//, 'smtp:// or smtps://').optional(),
    about: 'Mail server; without it and RESEND_API_KEY mail goes to the outbox page',
    example: 'smtps://user:password@mail.example.com:465',
    secret: true,
  },
  RESEND_API_KEY: {
    schema: text.optional(),
    about: 'Mail by Resend instead of a mail server',
    example: 're_…',
    secret: true,
  },
  RESEND_BASE_URL: {
    schema: url.default('https://api.resend.com'),
    about: 'Resend, or a service that speaks like it',
    example: 'https://api.resend.com',
  },
  MAIL_FROM: {
    schema: text.default('Freehold <freehold@localhost>'),
    about: 'Sender of every mail',
    example: 'Acme <hello@acme.example>',
  },
  GOOGLE_CLIENT_ID: {
    schema: text.optional(),
    about: 'Signing in with Google: client id',
    example: '1234.apps.googleusercontent.com',
  },
  GOOGLE_CLIENT_SECRET: {
    schema: text.optional(),
    about: 'Signing in with Google: client secret',
    example: 'GOCSPX-…',
    secret: true,
  },
  GOOGLE_BASE_URL: {
    schema: url.default('https://accounts.google.com'),
    about: 'Google, or an OpenID provider that describes itself like it',
    example: 'https://accounts.google.com',
  },
  GITHUB_CLIENT_ID: {
    schema: text.optional(),
    about: 'Signing in with GitHub: client id',
    example: 'Iv1.…',
  },
  GITHUB_CLIENT_SECRET: {
    schema: text.optional(),
    about: 'Signing in with GitHub: client secret',
    example: 'the secret of that OAuth app',
    secret: true,
  },
  GITHUB_BASE_URL: {
    schema: url.default('https://github.com'),
    about: 'GitHub, or a GitHub Enterprise Server',
    example: 'https://github.example.com',
  },
  FREEHOLD_EXTERNAL_ISSUERS: {
    schema: externalIssuers.optional(),
    about: 'Issuers whose access tokens are taken too, such as Supabase Auth, Auth0 and Clerk: a JSON list',
    example: '[{"issuer":"https://acme.eu.auth0.com/","audience":"https://freehold.example.com"}]',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: url.optional(),
    about: 'Where OpenTelemetry traces go',
    example: 'http://localhost:4318',
  },
} satisfies Record<string, Setting>
