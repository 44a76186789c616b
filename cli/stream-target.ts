import type { StreamTarget } from '../generator/put-straight-to-stream.ts';
import type { Endpoints } from '../local/runtime.ts';

/** Where records are put: to the Kinesis stream where there is one, since its delivery stream takes none then. */
export function streamName(
  kinesisStream: string | null | undefined,
  deliveryStream: string,
): Pick<StreamTarget, 'kind' | 'name'> {
  return kinesisStream ? { kind: 'kinesis', name: kinesisStream } : { kind: 'firehose', name: deliveryStream };
}

/** The stream of a pipeline on the laptop, put to in the admin's name. */
export const localStream = (endpoints: Endpoints): StreamTarget => ({
  ...streamName(endpoints.kinesisStream, endpoints.deliveryStream),
  region: endpoints.region,
  endpoint: endpoints.awsUrl,
  credentials: { accessKeyId: endpoints.accessKeyId, secretAccessKey: endpoints.secretAccessKey },
});
