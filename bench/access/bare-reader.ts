import { createServer } from 'node:http'
import pg from 'pg'

/**
 * The least a server in Node can do for a read: one prepared statement over a pool, as the owner of the database, and the
 * row as JSON. It knows nobody, keeps nobody apart, limits, counts and logs nothing. Its arguments are the database's
 * address and the organization to read; its port is the first line it writes.
 */
const [, , databaseUrl = '', organizationId = ''] = process.argv
const pool = new pg.Pool({ connectionString: databaseUrl, max: 20 })
const statement = { name: 'read', text: 'select * from freehold.organizations where id = $1' }

const server = createServer((_request, response) => {
  pool.query({ ...statement, values: [organizationId] }).then(
    ({ rows }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(rows[0]))
    },
    () => {
      response.writeHead(500).end()
    },
  )
})

server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`)
})
