package dev.osie.build.cli;

import picocli.CommandLine.IVersionProvider;

/** The version of the program, as the jar's manifest tells it. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"osie-build " + text()};
    }

    static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
