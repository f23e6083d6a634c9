import { defineConfig } from 'vite'

/**
 * The application and the server's API behind one address, as a reverse proxy has it in production: the browser then
 * asks its own origin alone, and the server need not be told of another one.
 */
export default defineConfig({
  server: {
    host: '127.0.0.1',
    port: Number(process.env.PORT ?? 5173),
    strictPort: true,
    proxy: { '/api': process.env.COUNTERSIGN_URL ?? 'http://127.0.0.1:8000' },
  },
})
