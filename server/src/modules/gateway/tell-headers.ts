import type { Context } from 'hono'
import type { HttpEnvironment } from '../../platform/http/route.ts'

/** Takes headers that an answer is to have, before it is sent. */
export function tellIn(http: Context<HttpEnvironment>): (headers: Readonly<Record<string, string>>) => void {
  return (headers) => {
    for (const [name, value] of Object.entries(headers)) http.header(name, value)
  }
}
