/** Requests over HTTP/1.1: answers as they arrive, a limit on silence, proxies, and tries again where that may help. */
package dev.osie.build.http;
