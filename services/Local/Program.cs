Tidemark.Local.Hosting.Terminal.MayClose();
return await Tidemark.Local.Commands.CommandTree.RunAsync(args);
