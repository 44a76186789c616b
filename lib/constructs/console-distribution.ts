import { Duration, Fn, Validations } from 'aws-cdk-lib';
import {
  AllowedMethods,
  type BehaviorOptions,
  CachePolicy,
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config/schema.ts';

export interface ConsoleDistributionProps {
  readonly config: PipelineConfig;
  /** Holds the console's files below `console/`. */
  readonly files: IBucket;
  /** Of the API, with its stage. */
  readonly apiUrl: string;
}

/** Where a page may take what from: files of its own origin, and nothing that stands in the page itself. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** One origin for the console and the API: a token is sent nowhere else, and no other site's page may ask. */
export class ConsoleDistribution extends Construct {
  /** Of the console, with its path. */
  readonly url: string;

  constructor(scope: Construct, id: string, { config, files, apiUrl }: ConsoleDistributionProps) {
    super(scope, id);
    const page: BehaviorOptions = {
      origin: S3BucketOrigin.withOriginAccessControl(files),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      // As long as the files themselves say.
      cachePolicy: CachePolicy.CACHING_OPTIMIZED,
      responseHeadersPolicy: this.#headers(config),
      compress: true,
    };
    const distribution = new Distribution(this, 'Resource', {
      comment: `Console and API of ${config.WORKLOAD_NAME}`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultRootObject: 'console/index.html',
      defaultBehavior: page,
      additionalBehaviors: {
        '/console': page,
        '/console/*': page,
        [`/${config.API_STAGE_NAME}/*`]: {
          origin: new HttpOrigin(Fn.select(2, Fn.split('/', apiUrl))),
          viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
          allowedMethods: AllowedMethods.ALLOW_ALL,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          // The token goes along; the host has to be the API's own.
          originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        },
      },
    });
    acknowledgeRules(distribution);
    this.url = `https://${distribution.distributionDomainName}/console/`;
  }

  #headers(config: PipelineConfig): ResponseHeadersPolicy {
    const override = true;
    return new ResponseHeadersPolicy(this, 'Headers', {
      responseHeadersPolicyName: `${config.WORKLOAD_NAME}-console`,
      comment: 'Security headers of the console',
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy, override },
        contentTypeOptions: { override },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override },
      },
      customHeadersBehavior: {
        customHeaders: [
          { header: 'Cross-Origin-Opener-Policy', value: 'same-origin', override },
          { header: 'Cross-Origin-Resource-Policy', value: 'same-origin', override },
          { header: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=()', override },
        ],
      },
    });
  }
}

function acknowledgeRules(distribution: Distribution): void {
  Validations.of(distribution).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'Studios may be anywhere; tokens decide who reads what.' },
    {
      id: 'AwsSolutions-CFR2',
      reason:
        'A web ACL bills every request. The files are public, and the API has its throttle; whoever needs more attaches an ACL.',
    },
    { id: 'AwsSolutions-CFR3', reason: 'Whatever reads data is in the access log of the API.' },
    {
      id: 'AwsSolutions-CFR4',
      reason:
        'The certificate of cloudfront.net allows no other minimum; a domain of one’s own comes with its certificate.',
    },
  );
}
