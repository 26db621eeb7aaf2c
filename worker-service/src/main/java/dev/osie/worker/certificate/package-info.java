/** Whom to believe over TLS. */
package dev.osie.worker.certificate;
