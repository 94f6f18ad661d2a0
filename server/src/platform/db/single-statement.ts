/**
 * A database client for one statement alone.
 * @param sent is told when it has been sent
 * @returns the client; its `query` throws from the second statement on, since work that needs two is no single read
 */
export function singleStatement<Client extends { query(...statement: never[]): unknown }>(
  client: Client,
  sent: () => void = () => {},
): Client {
  let used = false
  const query = (...statement: unknown[]): unknown => {
    if (used) throw new Error('readTenant sends one statement; withTenant is for more.')
    used = true
    const result: unknown = Reflect.apply(client.query, client, statement)
    sent()
    return result
  }
  return new Proxy(client, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)),
  })
}
