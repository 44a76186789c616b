// Runs dynalite in a thread of its own: it throws what the disk refuses, and nothing could catch that, so the thread ends
// and another takes its place. Plain JavaScript, since a worker gets no TypeScript loader.
import { parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';

const { path, secret } = workerData;

// dynalite leaves a table in its first state for half a second unless told otherwise.
const server = dynalite({ path, createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
guard();
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
parentPort.once('message', () => {
  server.closeAllConnections();
  server.close(() => process.exit(0));
});

/** Lets nobody on this machine but the runtime itself talk to dynalite, which asks nobody who they are. */
function guard() {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (incoming, outgoing) => {
    if (incoming.headers['x-playlake-secret'] !== secret) {
      outgoing.writeHead(403).end();
      return;
    }
    for (const listener of listeners) listener(incoming, outgoing);
  });
}
