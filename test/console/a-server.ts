interface Reply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Asked {
  readonly url: string;
  readonly authorization: string | null;
  readonly method: string;
}

/** A `fetch` that gives these replies in turn, the last one from then on, and remembers what was asked. */
export function aServer(replies: readonly Reply[]): { readonly fetch: typeof fetch; readonly requests: Asked[] } {
  const requests: Asked[] = [];
  const fetcher: typeof fetch = async (input, init) => {
    const { status, body, headers } = replies[Math.min(requests.length, replies.length - 1)]!;
    const url = input instanceof Request ? input.url : String(input);
    const authorization = new Headers(init?.headers).get('authorization');
    requests.push({ url, authorization, method: init?.method ?? 'GET' });
    return new Response(body, { status, ...(headers && { headers }) });
  };
  return { fetch: fetcher, requests };
}
