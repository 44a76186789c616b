import type { LocalObjectStore } from '../object-store.ts';
import { createMultipartUploads } from '../object-store/multipart-uploads.ts';
import { AwsError, type Clock } from '../runtime.ts';
import type { AwsProtocol, AwsResponse } from './protocol.ts';
import {
  createBucket,
  getBucketLocation,
  getBucketVersioning,
  headBucket,
  listBuckets,
  listObjects,
} from './s3/buckets.ts';
import {
  abortMultipartUpload,
  completeMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
} from './s3/multipart.ts';
import { deleteObject, deleteObjects, getObject, getObjectTagging, putObject } from './s3/objects.ts';
import { splitPath, type S3Request } from './s3/s3-request.ts';

export interface S3Options {
  readonly region: string;
  readonly clock: Clock;
}

type Action = (request: S3Request) => Promise<AwsResponse>;

/** What the path names, the method, and the query parameter that marks an action of its own. */
type Route = readonly [on: 'service' | 'bucket' | 'object', method: string, marker: string | undefined, action: Action];

/** The first that fits counts; a marker that no route knows is refused. */
const routes: readonly Route[] = [
  ['service', 'GET', undefined, listBuckets],
  ['bucket', 'GET', 'location', getBucketLocation],
  ['bucket', 'GET', 'versioning', getBucketVersioning],
  ['bucket', 'GET', 'uploads', listMultipartUploads],
  ['bucket', 'GET', undefined, listObjects],
  ['bucket', 'HEAD', undefined, headBucket],
  ['bucket', 'PUT', undefined, createBucket],
  ['bucket', 'POST', 'delete', deleteObjects],
  ['object', 'GET', 'tagging', getObjectTagging],
  ['object', 'GET', 'uploadId', listParts],
  ['object', 'GET', undefined, getObject],
  ['object', 'HEAD', undefined, getObject],
  ['object', 'POST', 'uploads', createMultipartUpload],
  ['object', 'POST', 'uploadId', completeMultipartUpload],
  ['object', 'PUT', 'uploadId', uploadPart],
  ['object', 'PUT', undefined, putObject],
  ['object', 'DELETE', 'uploadId', abortMultipartUpload],
  ['object', 'DELETE', undefined, deleteObject],
];

/** Query parameters that name an action of S3 (Amazon S3 API reference, "Actions"). */
const markers = new Set(
  (
    'acl accelerate analytics attributes cors delete encryption intelligent-tiering inventory legal-hold lifecycle ' +
    'location logging metrics notification object-lock ownershipControls policy policyStatus publicAccessBlock ' +
    'replication requestPayment restore retention select tagging torrent uploadId uploads versioning versions website'
  ).split(' '),
);

/** Amazon S3 on the wire, path style: enough for the AWS CLI and the SDKs to list, read, write, copy and delete. */
export function s3Protocol(objects: LocalObjectStore, { region, clock }: S3Options): AwsProtocol {
  const uploads = createMultipartUploads(objects, clock);
  return {
    service: 's3',
    errors: 's3',
    streams: true,
    async handle(http) {
      const { bucket, key } = splitPath(http.path);
      const on = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object';
      const marker = [...http.query.keys()].find((name) => markers.has(name));
      const route = routes.find(
        ([where, method, wanted]) => where === on && method === http.method && wanted === marker,
      );
      if (route === undefined) {
        throw new AwsError('NotImplemented', `${http.method} of ${marker ?? `a ${on}`} has no stand-in here`, 501);
      }
      return route[3]({ http, bucket, key, objects, uploads, region });
    },
  };
}
