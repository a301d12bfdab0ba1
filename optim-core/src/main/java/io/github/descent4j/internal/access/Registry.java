package io.github.descent4j.internal.access;

import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The implementations of the interfaces of this package.
 *
 * <p>Whichever class is touched first, the order is the same: the constant of an interface is made at its
 * first use, which initializes the class behind it, which registers. The initialization of a class does not
 * initialize an interface without default methods that it uses, so two threads cannot wait for each other.
 */
public final class Registry {
  private static final Map<Class<?>, Object> REGISTERED = new ConcurrentHashMap<>();

  private Registry() {}

  /** Called by the static initializer of the class that an interface opens. */
  public static <A> void register(Class<A> kind, A access) {
    REGISTERED.put(kind, access);
  }

  /** What the initialization of a class has registered. */
  static <A> A of(Class<A> kind, Class<?> owner) {
    try {
      MethodHandles.lookup().ensureInitialized(owner);
    } catch (IllegalAccessException e) {
      throw new AssertionError(owner + " is public", e);
    }
    return kind.cast(REGISTERED.get(kind));
  }
}
