import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { ask } from './data/ask.ts';
import { createLaptopApi } from './data/laptop-api.ts';
import { problemOf, type Problem } from './data/problem.ts';
import type { ReportList } from './data/read-report.ts';
import type { ReportInfo } from './data/report.ts';
import { readPlace, writePlace, type Place } from './data/route.ts';
import { connectionOf, createSource, type Source } from './data/source.ts';
import { createFormats } from './format/format-value.ts';
import { reportOf } from './pages/questions.ts';
import { ConsoleContext, type ConsoleState } from './session/console-context.ts';
import { withGamesOf, type GameNames } from './session/game-names.ts';
import { SignIn } from './session/sign-in.tsx';
import { storedSession, storeSession, type Deployment, type Session } from './session/session.ts';
import { useTheme } from './session/use-theme.ts';
import { Shell } from './shell.tsx';

const fetcher: typeof fetch = (...request) => fetch(...request);

/** The whole console: asks where it is, who looks, and shows their pages. */
export function Console() {
  const [deployment, setDeployment] = useState<Deployment>();
  const [problem, setProblem] = useState<Problem>();
  const [session, setSession] = useState<Session | undefined>(() => storedSession(sessionStorage));
  const [isSigningIn, setSigningIn] = useState(false);

  // What is waited for is asked before anything is painted.
  useLayoutEffect(() => {
    const controller = new AbortController();
    ask({ root: '/console', fetch: fetcher }, '/console/config.json', controller.signal).then(
      ({ body }) => setDeployment(body as Deployment),
      (error: unknown) => {
        if (!controller.signal.aborted) setProblem(problemOf(error));
      },
    );
    return () => controller.abort();
  }, []);

  if (problem) return <Stopped problem={problem} />;
  if (!deployment) return <p class="starting">Loading Playlake …</p>;
  // The laptop asks nobody who they are, as long as they do not want to be somebody else.
  const own: Session | undefined = deployment.isLaptop && !isSigningIn ? { role: 'admin' } : undefined;
  const current = session ?? own;
  if (!current) {
    return (
      <SignIn
        deployment={deployment}
        onSession={(made) => {
          storeSession(sessionStorage, made);
          setSession(made.token === undefined ? undefined : made);
          setSigningIn(false);
        }}
      />
    );
  }
  return (
    <SignedIn
      key={`${current.role} ${current.token ?? ''}`}
      deployment={deployment}
      session={current}
      onSignOut={() => {
        storeSession(sessionStorage, undefined);
        setSession(undefined);
        setSigningIn(true);
      }}
    />
  );
}

function SignedIn({
  deployment,
  session,
  onSignOut,
}: {
  readonly deployment: Deployment;
  readonly session: Session;
  readonly onSignOut: () => void;
}) {
  const { role, token } = session;
  const [generation, setGeneration] = useState(0);
  const source = useMemo(
    () => createSource(role, connectionOf(role, deployment.stage, token, fetcher)),
    [deployment, role, token, generation],
  );
  const laptop = useMemo(
    () => (role === 'admin' && deployment.isLaptop ? createLaptopApi(fetcher) : undefined),
    [deployment, role],
  );
  const [theme, themeChoice, setTheme] = useTheme();
  const formats = useMemo(() => createFormats(navigator.languages), []);
  const [place, go] = usePlace();
  const [list, setList] = useState<ReportList>();
  const reports = list?.reports;
  const [problem, setProblem] = useState<Problem>();
  const [games, noteGames] = useGames(source, reports);

  useLayoutEffect(() => {
    const controller = new AbortController();
    source.list(controller.signal).then(setList, (error: unknown) => {
      if (!controller.signal.aborted) setProblem(problemOf(error));
    });
    return () => controller.abort();
  }, [source]);

  if (problem) return <Stopped problem={problem} onSignOut={onSignOut} />;
  if (!list || !reports) return <p class="starting">Loading the reports …</p>;
  const state: ConsoleState = {
    deployment,
    source,
    reports,
    problems: list.problems,
    laptop,
    place,
    go,
    games,
    noteGames,
    formats,
    theme,
    now: Date.now,
  };
  return (
    <ConsoleContext.Provider value={state}>
      <Shell
        themeChoice={themeChoice}
        onTheme={setTheme}
        onSignOut={onSignOut}
        onRefresh={() => setGeneration(generation + 1)}
      />
    </ConsoleContext.Provider>
  );
}

/** The place in the address, and how to go elsewhere: the pickers stay as they are unless they are told otherwise. */
function usePlace(): readonly [Place, ConsoleState['go']] {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const place = useMemo(() => readPlace(hash, Date.now()), [hash]);
  const go = useCallback<ConsoleState['go']>((change) => {
    const now = Date.now();
    location.hash = writePlace({ ...readPlace(location.hash, now), ...change }, now);
  }, []);
  return [place, go];
}

/** The titles, which have names, and the games that are met in rows. */
function useGames(
  source: Source,
  reports: readonly ReportInfo[] | undefined,
): readonly [GameNames, ConsoleState['noteGames']] {
  const [games, setGames] = useState<GameNames>(new Map());
  const name = reportOf('titles', source.role);
  const noteGames = useCallback<ConsoleState['noteGames']>((rows) => setGames((known) => withGamesOf(known, rows)), []);
  const isListed = reports?.some((report) => report.name === name) ?? false;
  useLayoutEffect(() => {
    if (name === undefined || !isListed) return undefined;
    const controller = new AbortController();
    source.read(name, {}, { signal: controller.signal }).then(
      ({ rows }) => noteGames(rows),
      // Ids stand for names that do not come.
      () => undefined,
    );
    return () => controller.abort();
  }, [source, name, isListed]);
  return [games, noteGames];
}

function Stopped({ problem, onSignOut }: { readonly problem: Problem; readonly onSignOut?: () => void }) {
  return (
    <main class="sign-in">
      <h1>Playlake</h1>
      <div class="state failure" role="alert">
        <p class="strong">{problem.message}</p>
        <p>{problem.advice}</p>
        <button type="button" onClick={() => location.reload()}>
          Try again
        </button>
        {onSignOut && (
          <button type="button" onClick={onSignOut}>
            Sign in as somebody else
          </button>
        )}
      </div>
    </main>
  );
}
