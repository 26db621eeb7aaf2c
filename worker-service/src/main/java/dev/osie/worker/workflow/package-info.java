/** The workflow server, as a client sees it. */
package dev.osie.worker.workflow;
