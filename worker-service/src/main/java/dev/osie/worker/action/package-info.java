/** Actions, and what it means to run one. */
package dev.osie.worker.action;
