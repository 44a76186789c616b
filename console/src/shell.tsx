import { useEffect, useRef } from 'preact/hooks';
import { writePlace } from './data/route.ts';
import { pages } from './pages/pages.ts';
import { Pickers } from './parts/pickers.tsx';
import { useConsole } from './session/console-context.ts';
import type { ThemeChoice } from './session/use-theme.ts';

/** The frame of every page: menu, pickers, who looks, and the page itself. */
export function Shell({
  themeChoice,
  onTheme,
  onSignOut,
  onRefresh,
}: {
  readonly themeChoice: ThemeChoice;
  readonly onTheme: (choice: ThemeChoice) => void;
  readonly onSignOut: () => void;
  readonly onRefresh: () => void;
}) {
  const state = useConsole();
  const { place, source, deployment, now } = state;
  const own = pages.filter(({ isFor }) => isFor?.(state) ?? true);
  const page = own.find(({ name }) => name === place.page);
  const heading = useRef<HTMLHeadingElement>(null);
  const isFirst = useRef(true);
  const title = place.page === 'reports' && place.rest !== undefined ? place.rest : (page?.title ?? 'No such page');

  useEffect(() => {
    document.title = `${title} · Playlake`;
    // Whoever goes to a page by keyboard or ear is at its start.
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
  }, [title]);

  return (
    <div class="shell">
      <a
        class="skip"
        href="#content"
        onClick={(event) => {
          event.preventDefault();
          heading.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <header>
        <p class="brand">
          Playlake <span class="unit">{deployment.workload}</span>
        </p>
        <div class="row">
          <label>
            Theme{' '}
            <select value={themeChoice} onChange={(event) => onTheme(event.currentTarget.value as ThemeChoice)}>
              <option value="system">as the system</option>
              <option value="light">light</option>
              <option value="dark">dark</option>
            </select>
          </label>
          <button type="button" onClick={onRefresh}>
            Refresh
          </button>
          <span class="unit">{source.role === 'admin' ? 'this machine’s admin' : source.role}</span>
          <button type="button" onClick={onSignOut}>
            {source.role === 'admin' ? 'Sign in' : 'Sign out'}
          </button>
        </div>
      </header>
      <nav class="menu" aria-label="Pages">
        <ul>
          {own.map(({ name, title: label }) => (
            <li key={name}>
              <a
                href={writePlace({ page: name, rest: undefined, filters: place.filters }, now())}
                aria-current={name === place.page ? 'page' : undefined}
              >
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="content">
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {page?.hasPickers && <Pickers />}
        {page ? <page.Content key={page.name} /> : <p>Choose a page from the menu.</p>}
      </main>
      <footer>Days and times are UTC.</footer>
    </div>
  );
}
