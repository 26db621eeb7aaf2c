/** tink-worker: asks a workflow server for actions, runs them, and reports how they went. */
package dev.osie.worker;
