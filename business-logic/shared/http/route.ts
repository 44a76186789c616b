/** Who calls, as the authorizer knows it. Signed routes have no such caller. */
export interface Caller {
  readonly applicationId: string;
  readonly apiKeyId: string;
  /** `game`, `studio` or `publisher`. */
  readonly role: string;
  /** Of the role `studio` only. */
  readonly studioId?: string;
}

/** A request that has found its route. */
export interface RouteRequest {
  /** The route's path parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** Every value of each query parameter, in the order in which they were given. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** By name in lower case; of one that came several times the last. */
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
  /** Undefined on signed routes. */
  readonly caller: Caller | undefined;
  /** The gateway's id of the request. */
  readonly requestId: string;
  /** What the caller asked for, stage included, without the query: `/live/studio`. */
  readonly path: string;
}

/** What a route answers. */
export interface Answer {
  readonly status: number;
  /** Sent as JSON; with a `contentType` of its own a text or bytes that are sent as they are. */
  readonly body: unknown;
  readonly contentType?: string;
  /** Besides the content type and those of CORS. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What one route does. */
export type Action<Deps> = (request: RouteRequest, deps: Deps) => Promise<Answer>;

/** A method, a resource as the gateway's definition names it, and what it does. */
export type Route<Deps> = readonly [method: string, resource: string, action: Action<Deps>];
