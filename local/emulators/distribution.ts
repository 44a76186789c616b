import { createHash } from 'node:crypto';
import type { Emulator, Resource, Started } from '../runtime.ts';

/** CloudFront: a distribution, and what its behaviours refer to. */
export const distribution: Emulator = {
  types: [
    'AWS::CloudFront::Distribution',
    'AWS::CloudFront::OriginAccessControl',
    'AWS::CloudFront::ResponseHeadersPolicy',
  ],
  async start(resource, { distributions, partition, accountId }): Promise<Started> {
    const id = idOf(resource);
    if (resource.type === 'AWS::CloudFront::ResponseHeadersPolicy') {
      distributions.defineHeaders(id, resource.properties);
    }
    if (resource.type !== 'AWS::CloudFront::Distribution') return { ref: id, attributes: { Id: id } };
    const arn = `arn:${partition}:cloudfront::${accountId}:distribution/${id}`;
    distributions.define(arn, resource.properties);
    return { ref: id, attributes: { Id: id, DomainName: `${id.toLowerCase()}.cloudfront.net` } };
  },
};

/** An E and thirteen characters, as CloudFront gives them. */
const idOf = ({ generatedName }: Resource): string =>
  `E${createHash('sha256').update(generatedName).digest('hex').slice(0, 13).toUpperCase()}`;
