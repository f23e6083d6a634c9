import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

/** Built to static files under `/admin/`; `npm run dev` serves them with the API of a server beside it. */
export default defineConfig({
  base: '/admin/',
  plugins: [tailwindcss()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // The content security policy allows no `data:` address.
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000', '/.well-known': 'http://127.0.0.1:8000' } },
})
