import pg from 'pg'

export interface ScratchDatabase {
  url: string
  drop(): Promise<void>
}

/** An empty database of its own on the server that DATABASE_URL names. */
export async function createScratchDatabase(): Promise<ScratchDatabase> {
  const serverUrl = process.env.DATABASE_URL
  if (serverUrl === undefined) {
    throw new Error(
      'FREEHOLD_TEST_DATABASE=postgres needs DATABASE_URL: the owner of a PostgreSQL server with pgvector.',
    )
  }
  const name = `freehold_acceptance_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  await run(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    url: url.toString(),
    drop: () => run(serverUrl, `drop database if exists ${name} with (force)`),
  }
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
