import { createClient } from '@countersign/client'
import { AuthProvider } from '@countersign/client/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import './styles.css'

/** One client for the life of the page. The API has the page's own origin: see vite.config.ts. */
const client = createClient({ baseUrl: '/' })

const root = document.querySelector('#root')
if (root)
  createRoot(root).render(
    <StrictMode>
      <AuthProvider client={client}>
        <App />
      </AuthProvider>
    </StrictMode>,
  )
