package io.github.descent4j.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.descent4j.Parameter;
import io.github.descent4j.Parameters;
import io.github.descent4j.clip.AdaptiveClip;
import io.github.descent4j.decorator.Decorator;
import io.github.descent4j.decorator.StepContext;
import io.github.descent4j.health.GradientMonitor;
import io.github.descent4j.rule.UpdateRule;
import io.github.descent4j.state.StateReader;
import io.github.descent4j.state.StateWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Doors open whichever class is touched first. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AccessTest {
  private static final Map<Class<?>, Class<?>> OWNERS = Map.of(
      ParameterAccess.class, Parameter.class,
      ParametersAccess.class, Parameters.class,
      StepContextAccess.class, StepContext.class,
      UpdateRuleAccess.class, UpdateRule.class,
      DecoratorAccess.class, Decorator.class,
      GradientMonitorAccess.class, GradientMonitor.class,
      AdaptiveClipAccess.class, AdaptiveClip.class,
      StateWriterAccess.class, StateWriter.class,
      StateReaderAccess.class, StateReader.class);

  static Set<Class<?>> doors() {
    return OWNERS.keySet();
  }

  /** Loads this library anew, so that nothing of it has been initialized. */
  private static final class Anew extends ClassLoader {

    Anew() {
      super(AccessTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null || !name.startsWith("io.github.descent4j.")) {
          return loaded != null ? loaded : super.loadClass(name, resolve);
        }
        try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
          if (in == null) {
            throw new ClassNotFoundException(name);
          }
          byte[] bytes = in.readAllBytes();
          return defineClass(name, bytes, 0, bytes.length);
        } catch (IOException e) {
          throw new ClassNotFoundException(name, e);
        }
      }
    }

    Class<?> touch(Class<?> type) throws ClassNotFoundException {
      return Class.forName(type.getName(), true, this);
    }

    Object access(Class<?> door) throws ReflectiveOperationException {
      return touch(door).getField("ACCESS").get(null);
    }
  }

  @ParameterizedTest
  @MethodSource("doors")
  void theDoorFirst(Class<?> door) throws ReflectiveOperationException {
    Anew loader = new Anew();
    assertThat(loader.access(door)).isNotNull().isNotInstanceOf(door);
  }

  @ParameterizedTest
  @MethodSource("doors")
  void theOwnerFirst(Class<?> door) throws ReflectiveOperationException {
    Anew loader = new Anew();
    loader.touch(OWNERS.get(door));
    assertThat(loader.access(door)).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("doors")
  void bothAtOnce(Class<?> door) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int run = 0; run < 20; run++) {
        Anew loader = new Anew();
        CyclicBarrier start = new CyclicBarrier(2);
        Future<Object> opened = threads.submit(() -> {
          start.await();
          return loader.access(door);
        });
        Future<?> touched = threads.submit(() -> {
          start.await();
          return loader.touch(OWNERS.get(door));
        });
        touched.get();
        assertThat(opened.get()).isNotNull();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
