import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** Preloads the one font file every page needs, so that text does not change its shape after the first paint. */
function preloadInterfaceFont(): Plugin {
  return {
    name: 'preload-interface-font',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const file = Object.keys(bundle ?? {}).find((name) => /inter-latin-wght-normal-.*\.woff2$/.test(name))
        if (file === undefined) return []
        return [
          {
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', href: `/${file}`, crossorigin: '' },
            injectTo: 'head',
          },
        ]
      },
    },
  }
}

/** Writes each script and style sheet compressed beside itself once, so that the server never compresses while it serves. */
function precompress(): Plugin {
  let assets = ''
  return {
    name: 'precompress',
    apply: 'build',
    configResolved(config) {
      assets = path.resolve(config.root, config.build.outDir, config.build.assetsDir)
    },
    async closeBundle() {
      const names = (await readdir(assets)).filter((name) => /\.(js|css)$/.test(name))
      await Promise.all(
        names.map(async (name) => {
          const file = path.join(assets, name)
          const content = await readFile(file)
          const params = {
            [constants.BROTLI_PARAM_QUALITY]: 9,
            [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
          }
          await writeFile(`${file}.br`, await promisify(brotliCompress)(content, { params }))
          await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }))
        }),
      )
    },
  }
}

const server = 'http://localhost:3000'

export default defineConfig({
  plugins: [react(), tailwindcss(), preloadInterfaceFont(), precompress()],
  build: {
    target: 'es2023',
    sourcemap: false,
    // No data: addresses: the content security policy takes fonts from this server only.
    assetsInlineLimit: 0,
    // Charts and markdown are big by nature and sit in chunks of their own, loaded with their section.
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What every page needs, in one file instead of two dozen small ones.
            {
              name: 'frame',
              test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(react-router|router-core|history|react-query|query-core|react-store|store)|use-sync-external-store|sonner|clsx|tailwind-merge|class-variance-authority|openapi-fetch)\//,
            },
            { name: 'icons', test: /node_modules\/lucide-react\// },
            {
              name: 'base',
              test: /(sdk\/src|dashboard\/src\/(app\/(api|debounced|format|handed|mark|media|overlays|query|sections|session|theme|undoable|upload-picker)|ui\/(badge|button|cn|copy|field|figures|gauge|input|kbd|load-more|money|page|scroll|skeleton|states|time|tooltip)))/,
            },
            { name: 'forms', test: /node_modules\/(zod|react-hook-form|@hookform|@standard-schema)\// },
            {
              name: 'tables',
              test: /node_modules\/@tanstack\/(react-table|table-core|react-virtual|virtual-core)\//,
            },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: {
      '/api': server,
      '/v1': server,
      '/docs': server,
      '/openapi.json': server,
      '/health': server,
    },
  },
})
