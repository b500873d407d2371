/** HOST: `desktop-flow codec-server`: shows payloads in Temporal's web UI to those who may see them. */
import type { Command } from 'commander';
import { authorizerOf } from '../../codec-server/authorization';
import { startCodecServer } from '../../codec-server/server';
import { messageOf } from '../../common/message-of';
import { readCodecServerConfig } from '../../config/codec-server';
import { dataConverterOf } from '../../temporal/data-converter';
import { createLogger } from '../../worker/logger';
import { askedToEnd } from '../support/asked-to-end';
import { CommandError } from '../support/errors';
import { EXIT } from '../support/exit-codes';

const VARIABLES = `
It reads these variables:

  PAYLOAD_ENCRYPTION_KEYS, PAYLOAD_ENCRYPTION_KEYS_FILE
                                  same as for the workers
  CODEC_SERVER_ORIGINS            origins of the web UIs that may ask, comma-separated, such as http://localhost:8233
  CODEC_SERVER_PORT, CODEC_SERVER_HOST
                                  where to listen (8888; 127.0.0.1)
  CODEC_SERVER_TOKEN              a token that all share who may see payloads
  CODEC_SERVER_ISSUER, CODEC_SERVER_AUDIENCE, CODEC_SERVER_JWKS_URL
                                  of the access tokens that the web UI passes on; the server checks their signature
  LOG_LEVEL                       fatal, error, warn, info (default), debug, trace or silent

Without a token and an issuer it answers anybody, on loopback alone. In the web UI: the glasses at the top, and
http://localhost:8888 as the codec server. With Temporal's command line: --codec-endpoint http://localhost:8888`;

export function configure(command: Command): void {
  command
    .description("Decodes payloads for Temporal's web UI and its command line, which have no keys.")
    .addHelpText('after', VARIABLES)
    .action(run);
}

async function run(): Promise<void> {
  const asked = askedToEnd();
  const { host, port, origins, encryption, logLevel, ...authorization } = readCodecServerConfig(process.env);
  const logger = createLogger({
    level: logLevel,
    secrets: authorization.token === undefined ? [] : [authorization.token],
  });
  const server = await startCodecServer({
    host,
    port,
    origins,
    codecs: dataConverterOf({ encryption }).payloadCodecs ?? [],
    authorize: await authorizerOf(authorization),
    log: (level, message, details) => logger[level](details, message),
  }).catch((error: unknown) => {
    const why = messageOf(error);
    throw new CommandError(
      `the codec server cannot listen. Check CODEC_SERVER_HOST and CODEC_SERVER_PORT. ${why}`,
      EXIT.wrongInput,
    );
  });
  logger.info({ port: server.port, origins }, 'The codec server is ready');
  await asked;
  await server.close();
}
