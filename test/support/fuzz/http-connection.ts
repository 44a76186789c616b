import { connect, type Socket } from 'node:net';
import { parseAnswers, type RawAnswer } from '../raw-http.ts';

/** Milliseconds that an answer may take before the server is taken to hang. */
const patienceMillis = 20_000;

/** Milliseconds after which a request that is not whole is given up by its sender. */
const waitMillis = 30;

/** One connection that is kept alive, and opened anew where the server has closed it. */
export class HttpConnection {
  /** Where it goes. */
  readonly url: string;
  readonly #url: URL;
  #socket: Socket | undefined;

  constructor(url: string) {
    this.url = url;
    this.#url = new URL(url);
  }

  /** Sends a request and waits for its answer; undefined where the connection was closed without one. */
  async send(bytes: Buffer): Promise<RawAnswer | undefined> {
    const socket = (this.#socket ??= connect(Number(this.#url.port), this.#url.hostname).setNoDelay());
    const isHead = bytes.subarray(0, 5).toString('latin1') === 'HEAD ';
    return new Promise((resolve, reject) => {
      let text = '';
      const end = (answer: RawAnswer | undefined): void => {
        clearTimeout(timer);
        socket.off('data', read).off('close', closed).off('error', failed);
        if (answer === undefined || answer.headers['connection'] === 'close') this.close();
        resolve(answer);
      };
      const read = (chunk: Buffer): void => {
        text += chunk.toString('latin1');
        // The answer to HEAD says how long a body would be and has none; an interim answer is followed by the true one.
        const whole = isHead ? text.replace(/content-length: \d+/i, 'content-length: 0') : text;
        const answer = parseAnswers(whole).find(({ status }) => status >= 200);
        if (answer) end(answer);
      };
      const closed = (): void => end(undefined);
      const failed = (error: NodeJS.ErrnoException): void => {
        if (error.code === 'ECONNREFUSED') reject(new Error('the server is gone', { cause: error }));
        else end(undefined);
      };
      const timer = setTimeout(() => {
        this.close();
        reject(new Error(`no answer within ${patienceMillis} ms`));
      }, patienceMillis);
      socket.on('data', read).on('close', closed).on('error', failed);
      socket.write(bytes);
    });
  }

  /** Sends bytes that may be no request at all, waits a while, says that nothing follows, and reads what is answered. */
  async sendLast(bytes: Buffer): Promise<readonly RawAnswer[]> {
    this.close();
    const socket = connect(Number(this.#url.port), this.#url.hostname).setNoDelay();
    return new Promise((resolve, reject) => {
      let text = '';
      const end = (): void => {
        clearTimeout(timer);
        clearTimeout(wait);
        socket.destroy();
        // An interim answer is followed by the true one, if by any.
        resolve(parseAnswers(text).filter(({ status }) => status >= 200));
      };
      const wait = setTimeout(() => socket.end(), waitMillis);
      const timer = setTimeout(() => reject(new Error(`not closed within ${patienceMillis} ms`)), patienceMillis);
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (parseAnswers(text).some(({ status }) => status >= 200)) socket.end();
      });
      socket.on('end', end);
      socket.on('close', end);
      socket.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') reject(new Error('the server is gone', { cause: error }));
        else end();
      });
      socket.write(bytes);
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}
