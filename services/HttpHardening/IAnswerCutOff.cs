namespace Tidemark.HttpHardening;

/// <summary>Of an exception that ends an answer in its middle on purpose, because what went wrong is in the answer already; it is not logged.</summary>
public interface IAnswerCutOff;
