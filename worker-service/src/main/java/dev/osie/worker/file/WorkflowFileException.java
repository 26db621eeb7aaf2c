package dev.osie.worker.file;

/** A workflow's file can't be used; the message says where and why, for people. */
final class WorkflowFileException extends Exception {
    private static final long serialVersionUID = 1L;

    WorkflowFileException(String message) {
        super(message);
    }
}
