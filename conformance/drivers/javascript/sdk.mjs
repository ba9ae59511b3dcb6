// What the official SDKs have in common: their configuration and their errors.

import {
  BadRequestError, ConnectorClientError, ForbiddenError, NetworkError, NotFoundError, RateLimitBanError, RequiredError,
  ServerError, TooManyRequestsError, UnauthorizedError,
} from '@binance/common';
import { byStatus, given } from './rows.mjs';

const STATUS = new Map([
  [BadRequestError, 400], [UnauthorizedError, 401], [ForbiddenError, 403], [NotFoundError, 404],
  [RateLimitBanError, 418], [TooManyRequestsError, 429], [ConnectorClientError, undefined],
]);

/** Who an SDK is. They document that failed reads are repeated: `retries`, three by default. */
export const who = (client, version, venue) => ({
  client, version, homepage: 'https://github.com/binance/binance-connector-js',
  capabilities: {
    venues: [venue], key_types: ['hmac', 'rsa', 'ed25519'], style: 'async', promises: ['retries'],
  },
});

export const configuration = (settings, venue) =>
  given({
    apiKey: settings.key?.api_key ?? '',
    apiSecret: settings.key?.secret,
    privateKey: settings.key?.private_key,
    basePath: settings.urls[venue],
    timeout: settings.timeout_ms,
  });

/** What an error tells: its type stands for the HTTP status. */
export function told(error) {
  if (error instanceof ServerError) return byStatus(error.statusCode ?? 500, undefined, error.message);
  if (error instanceof NetworkError) return { outcome: 'network', message: error.message };
  if (error instanceof RequiredError) return { outcome: 'refused', message: error.message };
  if (error instanceof ConnectorClientError && error.code == null) return { outcome: 'unknown', message: error.message };
  for (const [kind, status] of STATUS) if (error instanceof kind) return byStatus(status, error.code, error.message);
  // Two of its own that have no type.
  if (/^Request failed after/.test(error.message)) return { outcome: 'network', message: error.message };
  if (/^Failed to parse JSON response/.test(error.message)) return { outcome: 'unknown', message: error.message };
  return null;
}
