import type { Route } from './read-api.ts';

export interface FoundRoute {
  readonly route: Route;
  /** Decoded values by the names between the braces. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a path below the stage. Constant segments go before `{name}`, those before `{name+}`; a slash at
 * the end makes no difference; an empty segment fits nothing.
 */
export function findRoute(routes: readonly Route[], method: string, path: string): FoundRoute | undefined {
  const segments = splitPath(path);
  if (segments === undefined) return undefined;
  let best: { found: FoundRoute; rank: string } | undefined;
  for (const route of routes) {
    if (route.method !== method && route.method !== 'ANY') continue;
    const pathParameters = matchSegments(splitPath(route.resourcePath) ?? [], segments);
    if (pathParameters === undefined) continue;
    const rank = rankOf(route);
    if (best === undefined || rank < best.rank) best = { found: { route, pathParameters }, rank };
  }
  return best?.found;
}

function splitPath(path: string): readonly string[] | undefined {
  const inner = path.replace(/^\//, '').replace(/\/$/, '');
  if (inner === '') return [];
  const segments = inner.split('/');
  return segments.includes('') ? undefined : segments;
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const greedy = /^\{([^{}+]+)\+\}$/.exec(part)?.[1];
    if (greedy !== undefined) {
      if (segments.length <= index) return undefined;
      parameters[greedy] = segments.slice(index).map(decodeSegment).join('/');
      return parameters;
    }
    const segment = segments[index];
    if (segment === undefined) return undefined;
    const name = /^\{([^{}]+)\}$/.exec(part)?.[1];
    if (name !== undefined) parameters[name] = decodeSegment(segment);
    else if (decodeSegment(segment) !== part) return undefined;
  }
  return pattern.length === segments.length ? parameters : undefined;
}

/** A segment that is not properly encoded stands for itself. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Sorts the more exact pattern first, segment by segment; a method of its own before ANY. */
function rankOf({ resourcePath, method }: Route): string {
  const kinds = resourcePath.split('/').map((part) => {
    if (!part.startsWith('{')) return '0';
    return part.endsWith('+}') ? '2' : '1';
  });
  return kinds.join('') + (method === 'ANY' ? '1' : '0');
}
