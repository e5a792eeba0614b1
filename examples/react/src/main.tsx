import { RoambiProvider } from '@roambi-auth/browser/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { roambi } from './roambi.ts'
import { routes } from './routes.ts'

const router = createBrowserRouter(routes)

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <RoambiProvider roambi={roambi}>
      <RouterProvider router={router} />
    </RoambiProvider>
  </StrictMode>,
)
