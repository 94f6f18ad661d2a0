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

const server = 'http://localhost:3000'

export default defineConfig({
  plugins: [react(), tailwindcss(), preloadInterfaceFont()],
  build: {
    target: 'es2023',
    sourcemap: false,
    // Charts and markdown are big by nature and sit in chunks of their own, loaded with their section.
    chunkSizeWarningLimit: 600,
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
