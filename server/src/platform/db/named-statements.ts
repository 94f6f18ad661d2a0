import type { StatementNames } from './statement-names.ts'

/** More parameters come from lists, whose statements are others with each length. */
const mostParametersNamed = 64

/**
 * A database client whose statements go under the names that spare their plans.
 * @returns the client; what has no text or a name of its own is sent as it is
 */
export function namedStatements<Client extends { query(...statement: never[]): unknown }>(
  client: Client,
  names: StatementNames,
): Client {
  const query = (statement: unknown, parameters?: unknown, ...rest: unknown[]): unknown =>
    Reflect.apply(client.query, client, [named(names, statement, parameters), parameters, ...rest])
  return new Proxy(client, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)),
  })
}

/** Drizzle sends statements as objects. */
function named(names: StatementNames, statement: unknown, parameters: unknown): unknown {
  if (typeof statement !== 'object' || statement === null || !('text' in statement)) return statement
  if (Array.isArray(parameters) && parameters.length > mostParametersNamed) return statement
  const name = names.nameOf(String(statement.text))
  return name === undefined ? statement : { ...statement, name }
}
