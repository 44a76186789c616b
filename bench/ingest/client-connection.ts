import { connect, type Socket } from 'node:net';

/** One connection that is kept open and has one request under way at a time. Costs its process next to nothing. */
export class ClientConnection {
  private readonly socket: Socket;
  private pending: Buffer = empty;
  private answered: ((status: number) => void) | undefined;

  /** Rejects when the connection ends otherwise than by `close`: the bench has no use for its measurements then. */
  readonly failed: Promise<never>;

  static async open(port: number): Promise<ClientConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await new Promise<void>((resolve, reject) => void socket.once('connect', resolve).once('error', reject));
    return new ClientConnection(socket);
  }

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.take(chunk));
    this.failed = new Promise((_, reject) => {
      socket.on('error', reject);
      socket.on('end', () => reject(new Error('the server closed a connection')));
    });
    this.failed.catch(() => undefined);
  }

  send(request: Buffer, answered: (status: number) => void): void {
    this.answered = answered;
    this.socket.write(request);
  }

  close(): void {
    this.socket.removeAllListeners('end').destroy();
  }

  private take(chunk: Buffer): void {
    const bytes = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const headEnd = bytes.indexOf('\r\n\r\n');
    const head = headEnd < 0 ? '' : bytes.toString('latin1', 0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? NaN);
    if (headEnd >= 0 && Number.isNaN(length)) throw new Error(`an answer without a length: ${head}`);
    if (headEnd < 0 || bytes.length < headEnd + 4 + length) {
      this.pending = bytes;
      return;
    }
    this.pending = empty;
    this.answered?.(Number(head.slice(9, 12)));
  }
}

const empty = Buffer.alloc(0);
