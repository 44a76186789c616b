import type { Route } from './read-api.ts';

export interface FoundRoute {
  readonly route: Route;
  /** Decoded values by the names between the braces. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** A part of a resource's path: constant, or the name of the parameter that it stands for. */
type Segment = { readonly text: string } | { readonly name: string; readonly isGreedy: boolean };

interface Pattern {
  readonly route: Route;
  readonly segments: readonly Segment[];
}

/**
 * Finds the route of a path below the stage. Constant segments go before `{name}`, those before `{name+}`; a slash at
 * the end makes no difference; an empty segment fits nothing.
 */
export class RouteFinder {
  /** The more exact ones first. */
  private readonly patterns: readonly Pattern[];

  constructor(routes: readonly Route[]) {
    this.patterns = routes
      .map((route) => ({
        route,
        rank: rankOf(route),
        segments: (splitPath(route.resourcePath) ?? []).map(readSegment),
      }))
      .toSorted((one, other) => (one.rank < other.rank ? -1 : Number(one.rank > other.rank)));
  }

  find(method: string, path: string): FoundRoute | undefined {
    const segments = splitPath(path);
    if (segments === undefined) return undefined;
    for (const { route, segments: pattern } of this.patterns) {
      if (route.method !== method && route.method !== 'ANY') continue;
      const pathParameters = matchSegments(pattern, segments);
      if (pathParameters !== undefined) return { route, pathParameters };
    }
    return undefined;
  }
}

function readSegment(text: string): Segment {
  const [, name, plus] = /^\{([^{}+]+)(\+?)\}$/.exec(text) ?? [];
  return name === undefined ? { text } : { name, isGreedy: plus === '+' };
}

function splitPath(path: string): readonly string[] | undefined {
  const inner = path.replace(/^\//, '').replace(/\/$/, '');
  if (inner === '') return [];
  const segments = inner.split('/');
  return segments.includes('') ? undefined : segments;
}

function matchSegments(pattern: readonly Segment[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if ('text' in part) {
      if (decodeSegment(segment) !== part.text) return undefined;
    } else if (part.isGreedy) {
      parameters[part.name] = segments.slice(index).map(decodeSegment).join('/');
      return parameters;
    } else parameters[part.name] = decodeSegment(segment);
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
