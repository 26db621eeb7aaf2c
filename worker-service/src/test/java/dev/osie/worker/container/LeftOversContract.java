package dev.osie.worker.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.worker.action.Outcome;
import dev.osie.worker.action.Outcome.Result;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** What becomes of containers when the worker is killed. */
public abstract class LeftOversContract<S extends EngineSite> extends EngineContract<S> {
    /** Waits for a file end in its directory, after telling that it is there. */
    protected static final String UNTIL_END =
            "echo started; echo x >> /d/starts; until test -e /d/end; do sleep 0.1; done; ";

    @Test
    void anActionIsNotStartedTwiceWhileItsContainerRuns() throws Exception {
        TestAction action = inDirectory("a", UNTIL_END + "echo going on; exit 4");
        leave(action);
        Thread end = new Thread(() -> {
            try {
                awaitLine("lab/test · step: going on with the container that an earlier life of the worker started");
                Files.createFile(directory.resolve("end"));
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        end.start();

        assertThat(run(action)).isEqualTo(Outcome.failed("exit code 4: going on"));

        end.join();
        assertThat(directory.resolve("starts")).hasContent("x");
        assertThat(console()).contains("step | going on").noneMatch(line -> line.contains("pulling"));
    }

    @Test
    void aSuccessWhileNobodyLookedCounts() throws Exception {
        TestAction action = inDirectory("a", UNTIL_END + "echo done");
        leave(action);
        Files.createFile(directory.resolve("end"));
        site().awaitEnd();

        assertThat(run(action)).isEqualTo(Outcome.success());

        assertThat(console()).noneMatch(line -> line.contains("pulling"));
        assertThat(directory.resolve("starts")).hasContent("x");
    }

    @Test
    void muchOutputThatNobodyReadHoldsNothing() throws Exception {
        TestAction action = inDirectory("a", UNTIL_END + "head -c 1000000 /dev/zero | tr '\\0' '\\n'; echo all");
        leave(action);
        Files.createFile(directory.resolve("end"));

        assertThat(run(action)).isEqualTo(Outcome.success());

        assertThat(console()).last().isEqualTo("step | all");
    }

    @Test
    void aFailureWhileNobodyLookedIsTriedAgain() throws Exception {
        TestAction action = inDirectory("a", "test -e /d/end && echo again && exit; " + UNTIL_END + "exit 1");
        leave(action);
        Files.createFile(directory.resolve("end"));
        site().awaitEnd();

        assertThat(run(action)).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | again");
    }

    @Test
    void anotherActionsContainersAreRemovedAndAnotherWorkersAreNot() throws Exception {
        leave(inDirectory("old", UNTIL_END));
        TestAction foreign = inDirectory("z", UNTIL_END).name("z").agent("other");
        leave(foreign);

        assertThat(run(inDirectory("new", "echo new"))).isEqualTo(Outcome.success());

        assertThat(site().containers()).containsExactly("tinkerbell_z_z");
        assertThat(console()).contains("worker removes a container of its earlier life: tinkerbell_step_old");
        run(inDirectory("y", "exit 0").agent("other"));
    }

    @Test
    void anActionThatIsServedAgainWithAnotherCommandIsAnother() throws Exception {
        leave(inDirectory("a", UNTIL_END));

        assertThat(run(inDirectory("a", "echo other"))).isEqualTo(Outcome.success());

        assertThat(console()).contains("step | other");
    }

    @Test
    void whatFailedIsKeptOverTheNextActionsWhenAskedFor() throws Exception {
        try (ContainerRuntime runtime = runtime(OWN_REGISTRIES, true)) {
            assertThat(runtime.run(inDirectory("failed", "exit 3").build())).isEqualTo(Outcome.failed("exit code 3"));
            assertThat(console()).last().isEqualTo("lab/test · step: its container tinkerbell_step_failed is kept");
        }
        try (ContainerRuntime later = runtime(OWN_REGISTRIES, true)) {
            assertThat(later.run(inDirectory("next", "exit 0").build()).result())
                    .isEqualTo(Result.SUCCESS);
            assertThat(site().containers()).containsExactly("tinkerbell_step_failed");
            assertThat(later.run(inDirectory("failed", "exit 0").build()).result())
                    .isEqualTo(Result.SUCCESS);
        }
    }

    /** Has a worker that is killed start an action that writes "started". */
    protected final void leave(TestAction action) throws Exception {
        KilledWorker.leave(site(), action.build(), directory);
    }

    /** An action that has the test's directory as its /d. */
    protected final TestAction inDirectory(String id, String script) {
        return shell(script).id(id).volumes(directory + ":/d");
    }
}
