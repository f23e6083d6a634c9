import { useEffect, useState } from 'preact/hooks'

export type Theme = 'system' | 'light' | 'dark'
const themes: readonly Theme[] = ['system', 'light', 'dark']
const key = 'countersign.theme'

const systemIsDark = matchMedia('(prefers-color-scheme: dark)')

function stored(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system'
  } catch {
    return 'system'
  }
}

function show(theme: Theme): void {
  const isDark = theme === 'dark' || (theme === 'system' && systemIsDark.matches)
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light'
}

/** Puts the chosen theme on, before anything is drawn. */
export function startTheme(): void {
  show(stored())
  systemIsDark.addEventListener('change', () => show(stored()))
}

/** The theme, and what takes the next one. */
export function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState(stored)
  useEffect(() => show(theme), [theme])
  const next = () => {
    const following = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'
    try {
      localStorage.setItem(key, following)
    } catch {
      // A browser that keeps nothing shows it until the page is left.
    }
    setTheme(following)
  }
  return [theme, next]
}
