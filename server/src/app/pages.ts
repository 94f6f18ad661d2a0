import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { serveStatic } from '@hono/node-server/serve-static'
import type { HttpApp } from '../platform/http/app.ts'

const dashboardFolder = path.join(import.meta.dirname, '../../../dashboard/dist')
const referencePage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Freehold API reference</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
  </head>
  <body>
    <script id="api-reference" data-url="/openapi.json"
      data-configuration='{"withDefaultFonts":false,"telemetry":false,"hideClientButton":true,"agent":{"disabled":true},"mcp":{"disabled":true},"showDeveloperTools":"never","defaultOpenAllTags":false,"theme":"default"}'></script>
    <script src="/docs/reference.js"></script>
  </body>
</html>
`

/** The API reference at /docs, from the installed package and no CDN, and the dashboard at every other path. */
export function mountPages(app: HttpApp): void {
  app.get('/docs', (http) => {
    http.set('route', '/docs')
    return http.html(referencePage)
  })
  let reference: Promise<Buffer> | undefined
  let index: Promise<string> | undefined
  app.get('/docs/reference.js', async (http) => {
    http.set('route', '/docs/reference.js')
    reference ??= readFile(referenceFile())
    return http.body(new Uint8Array(await reference), 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
    })
  })

  app.get('/assets/*', async (http, next) => {
    http.set('route', '/assets')
    // Their names carry a hash of their content.
    http.header('cache-control', 'public, max-age=31536000, immutable')
    return serveStatic({ root: dashboardFolder, precompressed: true })(http, next)
  })
  app.get('*', async (http, next) => {
    if (!isPage(http.req.path)) return next()
    http.set('route', 'page')
    const file = path.extname(http.req.path) !== ''
    if (file) return serveStatic({ root: dashboardFolder })(http, next)
    http.header('cache-control', 'no-cache')
    index ??= readFile(path.join(dashboardFolder, 'index.html'), 'utf8')
    return http.html(await index)
  })
}

/** The package exports its style sheet but not the bundle beside it. */
function referenceFile(): string {
  const styles = createRequire(import.meta.url).resolve('@scalar/api-reference/style.css')
  return path.join(path.dirname(styles), 'browser/standalone.js')
}

function isPage(requestPath: string): boolean {
  return !/^\/(api|v1|scim|health|metrics|openapi\.json|docs|\.well-known)(\/|$)/.test(requestPath)
}

export function dashboardIsBuilt(): boolean {
  return existsSync(path.join(dashboardFolder, 'index.html'))
}
