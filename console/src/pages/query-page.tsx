import { NotPermitted } from '../parts/states.tsx';
import { useConsole } from '../session/console-context.ts';
import { Query } from './query/query.tsx';

/** The query page, which the laptop's own admin has alone. */
export function QueryPage() {
  const { laptop } = useConsole();
  return laptop ? <Query laptop={laptop} /> : <NotPermitted />;
}
