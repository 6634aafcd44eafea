import type { SecondaryKind } from './secondary-server.ts'

/** BIND (Debian's bind9). A class has more hosts than it takes in a record set by itself. */
export const NAMED: SecondaryKind = {
  name: 'named',
  command: configFile => ['named', '-g', '-n', '1', '-c', configFile],
  ready: / running$/,
  config: ({ zone, primaryPort, port, key }, dir) => `
${key === undefined ? '' : `key "${key.name}" { algorithm ${key.algorithm}; secret "${key.secret.toString('base64')}"; };`}
controls { };
options {
  directory "${dir}"; pid-file none; session-keyfile "${dir}/session.key"; managed-keys-directory "${dir}";
  listen-on port ${port} { 127.0.0.1; }; listen-on-v6 { none; };
  recursion no; dnssec-validation no; empty-zones-enable no; notify no;
  max-records-per-type 0;
};
zone "${zone}" {
  type secondary; file "secondary.zone"; masterfile-format text;
  primaries { 127.0.0.1 port ${primaryPort}${key === undefined ? '' : ` key "${key.name}"`}; };
};
`,
}
