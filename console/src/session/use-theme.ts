import { useEffect, useState } from 'preact/hooks';
import type { Theme } from './console-context.ts';

export type ThemeChoice = Theme | 'system';

const storageKey = 'playlake.theme';
const isTheme = (text: string | null): text is Theme => text === 'light' || text === 'dark';

/** The theme that counts and what was chosen; the system's unless somebody chose another. */
export function useTheme(): readonly [Theme, ThemeChoice, (choice: ThemeChoice) => void] {
  const [choice, setChoice] = useState<ThemeChoice>(() => {
    const stored = localStorage.getItem(storageKey);
    return isTheme(stored) ? stored : 'system';
  });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const [isDark, setDark] = useState(dark.matches);
  useEffect(() => {
    const follow = (): void => setDark(dark.matches);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, []);
  const theme: Theme = choice === 'system' ? (isDark ? 'dark' : 'light') : choice;
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return [
    theme,
    choice,
    (next) => {
      if (next === 'system') localStorage.removeItem(storageKey);
      else localStorage.setItem(storageKey, next);
      setChoice(next);
    },
  ];
}
