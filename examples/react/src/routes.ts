import type { RouteObject } from 'react-router'
import { Layout } from './layout.tsx'
import { Home } from './pages/home.tsx'
import { NotFound } from './pages/not-found.tsx'
import { Portal } from './pages/portal.tsx'
import { Portals } from './pages/portals.tsx'
import { Profile } from './pages/profile.tsx'
import { SignIn } from './pages/sign-in.tsx'
import { SomethingWrong } from './pages/something-wrong.tsx'
import { RequireSignIn } from './require-sign-in.tsx'
import { UserOutlet } from './user.tsx'

export const routes: RouteObject[] = [
  {
    Component: Layout,
    children: [
      { index: true, Component: Home },
      { path: 'sign-in', Component: SignIn },
      {
        Component: RequireSignIn,
        children: [
          {
            // Inside of the guard, which still sees it when the session ends.
            ErrorBoundary: SomethingWrong,
            Component: UserOutlet,
            children: [
              { path: 'portals', Component: Portals },
              { path: 'portals/:portal', Component: Portal },
              { path: 'profile', Component: Profile },
            ],
          },
        ],
      },
      { path: '*', Component: NotFound },
    ],
  },
]
