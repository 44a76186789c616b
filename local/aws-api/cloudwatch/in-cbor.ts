import { AwsError } from '../../runtime.ts';
import { decodeCbor, encodeCbor } from './cbor.ts';
import type { Input, Wire } from './input.ts';

const headers = { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor' };

/** Smithy's RPC v2: the action stands at the end of the path, input and output are CBOR. */
export const inCbor: Wire = {
  read({ path, body }) {
    const action = /\/operation\/(\w+)$/.exec(path)?.[1] ?? '';
    try {
      const input = body.length === 0 ? {} : decodeCbor(body);
      if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new Error('it is no map');
      return { action, input: input as Input };
    } catch (error) {
      throw new AwsError('SerializationException', `the request body is not the CBOR of a map: ${String(error)}`);
    }
  },
  write: (_action, output) => ({ status: 200, headers, body: encodeCbor(output) }),
  writeError: ({ code, message, status }, { requestId }) => ({
    status,
    headers: {
      ...headers,
      'x-amzn-requestid': requestId,
      'x-amzn-query-error': `${code};${status < 500 ? 'Sender' : 'Receiver'}`,
    },
    body: encodeCbor({ __type: code, message }),
  }),
};
