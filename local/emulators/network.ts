import { createHash } from 'node:crypto';
import type { Emulator, Properties, Resource, Started } from '../runtime.ts';

/** How the ids of each type begin. */
const PREFIXES: Readonly<Record<string, string>> = {
  'AWS::EC2::FlowLog': 'fl',
  'AWS::EC2::InternetGateway': 'igw',
  'AWS::EC2::NetworkAcl': 'acl',
  'AWS::EC2::Route': 'r',
  'AWS::EC2::RouteTable': 'rtb',
  'AWS::EC2::SecurityGroup': 'sg',
  'AWS::EC2::SecurityGroupEgress': 'sgr',
  'AWS::EC2::SecurityGroupIngress': 'sgr',
  'AWS::EC2::Subnet': 'subnet',
  'AWS::EC2::SubnetRouteTableAssociation': 'rtbassoc',
  'AWS::EC2::VPC': 'vpc',
  'AWS::EC2::VPCGatewayAttachment': 'attachment',
};

/** Networks: on one machine there are none, so that these have ids and nothing else. */
export const network: Emulator = {
  types: Object.keys(PREFIXES),
  async start(resource): Promise<Started> {
    const id = idOf(resource, PREFIXES[resource.type] ?? '');
    return { ref: id, attributes: attributesOf(resource, id) };
  },
};

/** E.g. `vpc-0a1b2c3d4e5f60718`; the same for one resource of one data directory. */
function idOf({ generatedName }: Resource, prefix: string): string {
  return `${prefix}-0${createHash('sha256').update(generatedName).digest('hex').slice(0, 16)}`;
}

function attributesOf(resource: Resource, id: string): Readonly<Record<string, string>> {
  const { type, properties } = resource;
  if (type === 'AWS::EC2::VPC') {
    const own = (prefix: string) => idOf(resource, prefix);
    return {
      ...texts(properties, 'CidrBlock'),
      VpcId: id,
      DefaultSecurityGroup: own('sg'),
      DefaultNetworkAcl: own('acl'),
    };
  }
  if (type === 'AWS::EC2::Subnet') {
    return { ...texts(properties, 'AvailabilityZone', 'CidrBlock', 'VpcId'), SubnetId: id };
  }
  if (type === 'AWS::EC2::SecurityGroup') return { ...texts(properties, 'VpcId'), GroupId: id, Id: id };
  if (type === 'AWS::EC2::RouteTable') return { RouteTableId: id };
  if (type === 'AWS::EC2::InternetGateway') return { InternetGatewayId: id };
  return { Id: id };
}

function texts(properties: Properties, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.filter((name) => name in properties).map((name) => [name, String(properties[name])]));
}
