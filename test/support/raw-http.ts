import { connect } from 'node:net';

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  /** Names in lower case; of a header that comes several times the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawExchange {
  readonly answers: readonly RawAnswer[];
  /** Whether the server closed the connection. */
  readonly isClosed: boolean;
}

/** Milliseconds without another byte after which the server is taken to have said all it has to say. */
const quietMillis = 400;
/** Milliseconds that it may take to say anything at all. */
const patienceMillis = 10_000;

/** Sends bytes as they are, well formed or not, and reads whatever is answered. */
export function rawHttp(url: string, bytes: string | Buffer): Promise<RawExchange> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const end = (isClosed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answers: parseAnswers(Buffer.concat(chunks).toString('latin1')), isClosed });
    };
    let timer = setTimeout(() => end(false), patienceMillis);
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      clearTimeout(timer);
      timer = setTimeout(() => end(false), quietMillis);
    });
    // A server that refuses a request may close before all of it was sent.
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNREFUSED' ? reject(error) : end(true)));
    socket.on('close', () => end(true));
    socket.write(bytes);
  });
}

/** The answers that stand in a text, one behind the other; what is cut off at its end is left out. */
export function parseAnswers(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let at = 0; at < text.length;) {
    const head = text.indexOf('\r\n\r\n', at);
    if (head < 0) break;
    const [first = '', ...lines] = text.slice(at, head).split('\r\n');
    const headers = Object.fromEntries(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    // Without a length a body reaches to where the connection is closed.
    const rest = headers['connection'] === 'close' ? text.length - head - 4 : 0;
    const length = Number(headers['content-length'] ?? rest);
    const body = text.slice(head + 4, head + 4 + length);
    if (body.length < length) break;
    answers.push({ status: Number(first.split(' ')[1]), headers, body });
    at = head + 4 + length;
  }
  return answers;
}
