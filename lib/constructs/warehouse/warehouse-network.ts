import {
  FlowLogDestination,
  FlowLogTrafficType,
  IpAddresses,
  SecurityGroup,
  SubnetType,
  Vpc,
  type ISecurityGroup,
  type ISubnet,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../../config/schema.ts';
import { RetainedLogs } from '../retained-logs.ts';

export interface WarehouseNetworkProps {
  readonly config: PipelineConfig;
}

/**
 * Where the warehouse stands: private subnets in two zones (what Redshift Serverless asks for without enhanced VPC
 * routing; with it, three), no way in, no way out. It reads S3, Glue and Kinesis over AWS's own network, and is asked
 * through the Data API, so that neither NAT nor endpoints are needed.
 */
export class WarehouseNetwork extends Construct {
  readonly subnets: readonly ISubnet[];
  readonly securityGroup: ISecurityGroup;

  constructor(scope: Construct, id: string, { config }: WarehouseNetworkProps) {
    super(scope, id);
    const vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr('10.20.0.0/24'),
      maxAzs: 2,
      natGateways: 0,
      subnetConfiguration: [{ name: 'Warehouse', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 26 }],
      // Nothing uses the default group; emptying it would take a foreign function with a role of its own.
      restrictDefaultSecurityGroup: false,
    });
    vpc.addFlowLog('Rejected', {
      destination: FlowLogDestination.toCloudWatchLogs(new RetainedLogs(this, 'FlowLogs', { config })),
      trafficType: FlowLogTrafficType.REJECT,
    });
    this.subnets = vpc.isolatedSubnets;
    this.securityGroup = new SecurityGroup(this, 'Closed', {
      vpc,
      description: 'Lets nobody in: add a rule for whoever connects to the port of the warehouse',
      allowAllOutbound: false,
    });
  }
}
