import { useEffect, useRef, useState } from 'preact/hooks';
import { problemOf, type Problem } from '../data/problem.ts';
import { signIn, type Deployment, type Session } from './session.ts';

/** Asks for a token, and finds what it may read. */
export function SignIn({
  deployment,
  onSession,
}: {
  readonly deployment: Deployment;
  readonly onSession: (session: Session) => void;
}) {
  const [problem, setProblem] = useState<Problem>();
  const [isAsking, setAsking] = useState(false);
  const controller = useRef(new AbortController());
  useEffect(() => () => controller.current.abort(), []);

  const submit = async (token: string): Promise<void> => {
    setAsking(true);
    setProblem(undefined);
    try {
      onSession(await signIn(token, deployment, fetch.bind(globalThis), controller.current.signal));
    } catch (error) {
      setProblem(problemOf(error));
      setAsking(false);
    }
  };

  return (
    <main class="sign-in">
      <h1>Playlake</h1>
      <p>Reports of {deployment.workload}.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const token = new FormData(event.currentTarget).get('token');
          void submit(String(token ?? '').trim());
        }}
      >
        <label>
          Token of a studio or of the publisher
          <input
            name="token"
            type="password"
            required
            autocomplete="off"
            spellcheck={false}
            aria-describedby="token-help"
          />
        </label>
        <p class="about" id="token-help">
          It is kept in this tab until you sign out or close it, and sent to this address alone.
        </p>
        <button type="submit" class="main" disabled={isAsking}>
          {isAsking ? 'Signing in …' : 'Sign in'}
        </button>
      </form>
      {deployment.isLaptop && (
        <button type="button" onClick={() => onSession({ role: 'admin' })}>
          Go on as this machine’s own admin
        </button>
      )}
      {problem && (
        <div class="state failure" role="alert">
          <p class="strong">{problem.message}</p>
          <p>{problem.advice}</p>
        </div>
      )}
    </main>
  );
}
