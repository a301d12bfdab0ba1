package io.github.descent4j.mnist.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** How logback is set up where it finds no file that says so. */
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class LogConfiguratorTest {

  @Test
  void warningsGoToStandardErrorAndNothingElseDoes() throws JoranException {
    LoggerContext context = context();
    String printed = printedBy(() -> {
      new ContextInitializer(context).autoConfig();
      Logger logger = context.getLogger("some.package.Named");
      logger.info("information");
      logger.warn("a warning", new IOException("a cause"));
    });
    assertThat(printed)
        .doesNotContain("information")
        .containsPattern(
            "^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} \\[\\S+] WARN +some.package.Named -+ a warning\\R")
        .contains("java.io.IOException: a cause");
  }

  @Test
  void aFileOfTheUsersComesFirst(@TempDir Path folder) throws JoranException, IOException {
    Path file = folder.resolve("own.xml");
    Files.writeString(file, """
        <configuration>
          <root level="ERROR"/>
        </configuration>
        """);
    LoggerContext context = context();
    System.setProperty(ClassicConstants.CONFIG_FILE_PROPERTY, file.toString());
    String printed;
    try {
      printed = printedBy(() -> {
        new ContextInitializer(context).autoConfig();
        context.getLogger("some.package.Named").error("an error");
      });
    } finally {
      System.clearProperty(ClassicConstants.CONFIG_FILE_PROPERTY);
    }
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    assertThat(root.getLevel()).isEqualTo(Level.ERROR);
    assertThat(root.iteratorForAppenders()).isExhausted();
    assertThat(printed).isEmpty();
  }

  /** As logback makes it. */
  private static LoggerContext context() {
    LoggerContext context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    return context;
  }

  private interface Run {
    void run() throws JoranException;
  }

  private static String printedBy(Run run) throws JoranException {
    PrintStream before = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      run.run();
    } finally {
      System.setErr(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
