package io.github.descent4j.mnist.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.layout.TTLLLayout;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.DefaultJoranConfigurator;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;

/**
 * What is logged, and where: to standard error, as results go to standard output.
 *
 * <p>Said in Java, because every command would wait for its XML to be read: a tenth of the time to the first step. Logback finds this class as a
 * service. A file of the user's, named by {@code -Dlogback.configurationFile} or on the class path, comes first.
 */
public final class LogConfigurator extends ContextAwareBase implements Configurator {
  /** The environment's variable with the level. */
  private static final String LEVEL = "DESCENT4J_LOG";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    DefaultJoranConfigurator files = new DefaultJoranConfigurator();
    files.setContext(context);
    if (files.configure(context) == ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY) {
      return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
    context.getStatusManager().add(new NopStatusListener());
    LazyLayout layout = new LazyLayout();
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    // ND4J describes the machine in a dozen lines of level INFO at each start.
    root.setLevel(Level.toLevel(System.getenv(LEVEL), Level.WARN));
    root.addAppender(appender);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Time, thread, level and logger, made when there is something to log, since most runs log nothing and the pattern of the time takes a while to read. */
  private static final class LazyLayout extends LayoutBase<ILoggingEvent> {
    private TTLLLayout layout;

    @Override
    public String doLayout(ILoggingEvent event) {
      if (layout == null) {
        layout = new TTLLLayout();
        layout.setContext(context);
        layout.start();
      }
      return layout.doLayout(event);
    }
  }
}
